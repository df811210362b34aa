internal import FileTrees
internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Brings the files of a base backup back: the data directory, and each tablespace beside it.
struct ClusterFiles {
    let plan: RestorePlan
    let request: RestoreRequest
    let account: Account?
    let progress: ProgressReporter

    /// What came back.
    struct Restored {
        /// The data directory, open; it is not handed over yet.
        let folder: ClusterFolder
        /// Its tablespaces.
        let tablespaces: TablespacePlaces
        /// The content of `pg_control`, which is not there yet.
        let control: [UInt8]
        /// Tablespaces that the backup knows and holds no file of.
        let empty: Set<UInt32>
        /// What could not be brought back.
        let problems: [String]
        /// What was taken over, in words, each a line; empty unless it was a delta.
        let lines: [String]
    }

    private static let control = "global/pg_control"
    private static let map = "tablespace_map"
    /// What a backup from a standby brings and a restore must not: it would follow its primary again.
    private static let signals: Set<String> = ["standby.signal", "recovery.signal"]

    /// Restores all files but `pg_control`.
    ///
    /// A delta takes the place over first, and leaves it, when it fails, so that it can be continued.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-RESTORE-DELTA`, `E-PG-RUNNING`, `E-VAULT-DAMAGED`, what reading the vault and writing throw.
    func restore(_ begun: BegunPlaces) async throws(Fault) -> Restored {
        let delta = try self.delta
        let folder: ClusterFolder
        if let delta {
            try delta.examine(mayRun: false)
            folder = try delta.begin(for: account)
        } else {
            folder = try begun.take(plan.destination) { () throws(Fault) in
                try ClusterFolder(taking: plan.destination, for: account)
            }
        }
        let seen = SeenTablespaces()
        let tree = try await main(seen, to: folder.anchor).run(progress: progress)
        guard let control = Self.withheld(Self.control, in: tree) else {
            throw Fault(
                .damaged,
                "unable to restore snapshot '\(plan.snapshot.id)': it has no pg_control"
            )
        }
        let tablespaces = TablespacePlaces(for: folder, mapping: request.tablespaces)
        var (problems, kept, written) = (tree.problems, tree.kept, tree.written)
        let map = TablespaceMap(
            Self.withheld(Self.map, in: tree) ?? [],
            facts: plan.snapshot.head.facts
        )
        let known = seen.oids.union(map.locations.keys)
        for oid in known.sorted() {
            // Linked at once, so that a delta that is continued finds its own place.
            let place = try tablespaces.take(
                oid,
                madeAt: map.locations[oid] ?? "",
                begun,
                in: delta
            )
            let space = try await tablespace(oid, to: place.anchor).run(progress: progress)
            problems += space.problems
            kept += space.kept
            written += space.written
        }
        return Restored(
            folder: folder,
            tablespaces: tablespaces,
            control: control,
            empty: known.subtracting(seen.oids),
            problems: problems,
            lines: delta == nil
                ? []
                : ["\(kept) were there already, \(written) were written"]
                    + tree.removedLinks.map {
                        "careful: \($0) was a symbolic link; what it led to is as it was"
                    }
        )
    }

    /// Compares what is there with what would come back, and changes nothing.
    func comparison() async throws(Fault) -> TreeComparison {
        let seen = SeenTablespaces()
        var comparison = try await main(seen, to: plan.destination).comparison(progress: progress)
        let facts = TablespaceMap([], facts: plan.snapshot.head.facts)
        for oid in seen.oids.sorted() {
            let location = facts.locations[oid] ?? ""
            let place = TablespacePlaces.place(
                of: oid,
                madeAt: location,
                beside: plan.destination,
                request.tablespaces
            )
            try delta?.requireOwn(place, of: oid)
            comparison =
                comparison + (try await tablespace(oid, to: place).comparison(progress: progress))
        }
        return comparison
    }

    private var delta: DeltaPlace? {
        get throws(Fault) {
            guard request.isDelta else { return nil }
            return DeltaPlace(path: plan.destination, base: try BaseRecord(plan.snapshot))
        }
    }

    /// Brings back what is in no tablespace.
    private func main(_ seen: SeenTablespaces, to destination: FilePath) -> TreeRestorer {
        let account = account
        var main = restorer(to: destination)
        main.withheld = Set([Self.control, Self.map].compactMap { TreePath($0) })
        main.transform = { entry throws(Fault) in
            if Self.signals.contains(entry.displayedPath) { return nil }
            return try seen.note(entry) ? nil : Self.owned(entry, by: account)
        }
        if request.isDelta {
            // Links to tablespaces are settled when it is known which there are.
            main.spares = { path in
                let names = path.names
                return names.first?.description == RestoreScript.folder
                    || names.first?.description == "pg_tblspc" && names.count > 1
            }
        }
        return main
    }

    private func tablespace(_ oid: UInt32, to place: FilePath) throws(Fault) -> TreeRestorer {
        let account = account
        var restorer = restorer(to: place)
        if request.isDelta {
            // Other versions of the server keep their own folder there.
            let own = "PG_\(try BaseRecord(plan.snapshot).major)_"
            restorer.spares = { path in
                path.names.first.map { !$0.description.hasPrefix(own) } ?? false
            }
        }
        restorer.transform = { entry throws(Fault) in
            guard let path = SeenTablespaces.path(entry, below: oid) else { return nil }
            var entry = entry
            entry.path = path
            return Self.owned(entry, by: account)
        }
        return restorer
    }

    private static func withheld(_ path: String, in tree: TreeRestoration) -> [UInt8]? {
        TreePath(path).flatMap { tree.withheld[$0]?.bytes }
    }

    private func restorer(to destination: FilePath) -> TreeRestorer {
        TreeRestorer(
            request.vault,
            snapshot: plan.snapshot,
            identities: request.identities,
            destination: destination,
            temporary: request.state
        )
    }

    private static func owned(_ entry: ManifestEntry, by account: Account?) -> ManifestEntry {
        guard let account else { return entry }
        var entry = entry
        entry.owner = account.uid
        entry.group = account.gid
        entry.ownerName = ""
        entry.groupName = ""
        return entry
    }
}
