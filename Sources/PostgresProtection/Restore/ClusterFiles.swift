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
    }

    private static let control = "global/pg_control"
    private static let map = "tablespace_map"
    /// What a backup from a standby brings and a restore must not: it would follow its primary again.
    private static let signals: Set<String> = ["standby.signal", "recovery.signal"]

    /// Restores all files but `pg_control`.
    ///
    /// - Throws: `E-RESTORE-NOT-EMPTY`, `E-VAULT-DAMAGED`, what reading the vault and writing throw.
    func restore(_ begun: BegunPlaces) async throws(Fault) -> Restored {
        try begun.take(plan.destination)
        let seen = SeenTablespaces()
        let account = account
        var main = restorer(to: plan.destination)
        main.withheld = Set([Self.control, Self.map].compactMap { TreePath($0) })
        main.transform = { entry throws(Fault) in
            if Self.signals.contains(entry.displayedPath) { return nil }
            return try seen.note(entry) ? nil : Self.owned(entry, by: account)
        }
        let tree = try await main.run(progress: progress)
        guard let control = Self.withheld(Self.control, in: tree) else {
            throw Fault(
                .damaged,
                "unable to restore snapshot '\(plan.snapshot.id)': it has no pg_control"
            )
        }
        let folder = try ClusterFolder(taking: plan.destination, for: account)
        let tablespaces = TablespacePlaces(for: folder, mapping: request.tablespaces)
        var problems = tree.problems
        let map = TablespaceMap(
            Self.withheld(Self.map, in: tree) ?? [],
            facts: plan.snapshot.head.facts
        )
        let known = seen.oids.union(map.locations.keys)
        for oid in known.sorted() {
            let location = map.locations[oid] ?? ""
            let place = tablespaces.place(of: oid, madeAt: location)
            problems += try await restoreTablespace(oid, to: place, begun)
            try tablespaces.link(oid, madeAt: location)
        }
        return Restored(
            folder: folder,
            tablespaces: tablespaces,
            control: control,
            empty: known.subtracting(seen.oids),
            problems: problems
        )
    }

    private func restoreTablespace(
        _ oid: UInt32,
        to place: FilePath,
        _ begun: BegunPlaces
    ) async throws(Fault) -> [String] {
        try begun.take(place)
        let account = account
        var restorer = restorer(to: place)
        restorer.transform = { entry throws(Fault) in
            guard let path = SeenTablespaces.path(entry, below: oid) else { return nil }
            var entry = entry
            entry.path = path
            return Self.owned(entry, by: account)
        }
        return try await restorer.run(progress: progress).problems
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
