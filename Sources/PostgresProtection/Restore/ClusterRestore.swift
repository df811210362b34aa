internal import FileTrees
internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Lays a cluster out at its destination and, when asked to, recovers it.
///
/// `global/pg_control` is written last and with an invalid checkpoint: before that no server starts on the folder, and
/// after it only one that reads `backup_label`.
struct ClusterRestore {
    let component: PostgresComponent
    let plan: RestorePlan
    let request: RestoreRequest
    let progress: ProgressReporter

    /// Places that were vacant and are being filled.
    private final class Begun {
        var places: [FilePath] = []

        /// Takes a place.
        ///
        /// - Throws: `E-RESTORE-NOT-EMPTY`.
        func take(_ place: FilePath) throws(Fault) {
            try RestoreDestination.requireVacant(place)
            places.append(place)
        }

        /// Empties all of them again.
        func takeBack() throws(Fault) {
            for place in places where try FileSystem.status(place) != nil {
                for name in try Directory.open(place).names() {
                    try FileSystem.removeTree(place.appending(name))
                }
            }
        }
    }

    /// Does what the plan says; when a disk runs full, the places are empty again.
    func run() async throws(Fault) -> RestoreOutcome {
        let begun = Begun()
        do throws(Fault) { return try await restore(begun) } catch {
            guard error.code == .diskFull else { throw error }
            // The first fault is the one to tell.
            try? begun.takeBack()
            throw error
        }
    }

    private func restore(_ begun: Begun) async throws(Fault) -> RestoreOutcome {
        let base = try BaseRecord(plan.snapshot)
        let account = try owner()
        let folder = ClusterFolder(path: plan.destination, account: account)
        let tree = try await restoreFiles(base, folder: folder, begun)
        let (path, end) = try planned(base)
        progress(.phase("log"))
        let log = try await LogReader(request.vault, stream: request.stream)
        try await LogLayout(
            log: log,
            identities: request.identities,
            path: path,
            end: end,
            size: base.segmentSize,
            folder: folder
        ).write(progress: progress)
        let settings = try folder.text(of: "postgresql.auto.conf")
        try folder.write(Array(settings.utf8), to: "lifeboat/postgresql.auto.conf.before")
        try folder.write(
            Array(
                RecoverySettings.text(
                    replacingIn: settings,
                    target: request.target,
                    timeline: path.last
                ).utf8
            ),
            to: "postgresql.auto.conf"
        )
        try folder.write([], to: "recovery.signal")
        try writeControlFile(tree.control, folder: folder)
        guard component.recovers else { return laidOut(tree, folder: folder) }
        progress(.phase("recovery"))
        let recovered = try await RecoveryRun(
            folder: folder,
            base: base,
            binaries: component.settings.binaries,
            target: request.target,
            state: request.state
        ).run()
        try folder.write(Array(settings.utf8), to: "postgresql.auto.conf")
        try FileSystem.removeTree(plan.destination.appending("lifeboat"))
        return RestoreOutcome(
            point: recovered.lastTransaction,
            lines: recovered.lines,
            problems: tree.problems,
            bytes: plan.bytes
        )
    }

    private func laidOut(_ tree: RestoredFiles, folder: ClusterFolder) -> RestoreOutcome {
        RestoreOutcome(
            point: nil,
            lines: [
                "laid out at \(plan.destination); start a server of the same major version on it: it replays the log and promotes itself"
            ],
            problems: tree.problems,
            bytes: plan.bytes
        )
    }

    /// What the restore of the files gave.
    private struct RestoredFiles {
        let control: [UInt8]
        let problems: [String]
    }

    private func restoreFiles(
        _ base: BaseRecord,
        folder: ClusterFolder,
        _ begun: Begun
    ) async throws(Fault) -> RestoredFiles {
        try begun.take(plan.destination)
        let control = TreePath("global/pg_control")
        guard let control else { preconditionFailure("a fixed path is a path") }
        let account = folder.account
        var main = restorer(to: plan.destination)
        main.withheld = [control]
        main.transform = { entry throws(Fault) in
            let path = entry.displayedPath
            if path.hasPrefix("pg_tblspc/") || path == "tablespace_map" { return nil }
            return Self.owned(entry, by: account)
        }
        let tree = try await main.run(progress: progress)
        guard let bytes = tree.withheld[control]?.bytes else {
            throw Fault(
                .damaged,
                "unable to restore snapshot '\(plan.snapshot.id)': it has no pg_control"
            )
        }
        var problems = tree.problems
        for oid in base.snapshot.head.facts.keys.compactMap({ Self.tablespace($0) }).sorted() {
            problems += try await restoreTablespace(oid, folder: folder, begun)
        }
        try folder.own(plan.destination)
        return RestoredFiles(control: bytes, problems: problems)
    }

    /// Puts a tablespace beside the data directory and links to it.
    private func restoreTablespace(
        _ oid: UInt32,
        folder: ClusterFolder,
        _ begun: Begun
    ) async throws(Fault) -> [String] {
        let beside = FilePath("\(plan.destination.string).tablespaces")
        let place = beside.appending(String(oid))
        try begun.take(place)
        let account = folder.account
        let prefix = "pg_tblspc/\(oid)/"
        var restorer = restorer(to: place)
        restorer.transform = { entry throws(Fault) in
            guard entry.displayedPath.hasPrefix(prefix) else { return nil }
            var entry = entry
            entry.path = Array(entry.path.dropFirst(prefix.utf8.count))
            return Self.owned(entry, by: account)
        }
        let tree = try await restorer.run(progress: progress)
        try folder.own(beside)
        try folder.own(place)
        try folder.makeDirectory("pg_tblspc")
        try folder.link("pg_tblspc/\(oid)", to: place)
        return tree.problems
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

    private static func tablespace(_ fact: String) -> UInt32? {
        fact.hasPrefix("tablespace.") ? UInt32(fact.dropFirst("tablespace.".count)) : nil
    }

    /// Whose the data directory will be: root never runs a server.
    private func owner() throws(Fault) -> Account? {
        if let account = component.account { return account }
        return Account.current.uid == 0 ? try Account.named("postgres") : nil
    }

    private func planned(_ base: BaseRecord) throws(Fault) -> (TimelinePath, LSN) {
        guard let end = LSN(plan.facts["end"] ?? ""),
            let path = TimelinePath(text: plan.facts["path"] ?? "")
        else { preconditionFailure("the plan was made by this component") }
        return (path, end)
    }

    private func writeControlFile(_ bytes: [UInt8], folder: ClusterFolder) throws(Fault) {
        let invalid = try ControlFile(parsing: bytes).invalidatingCheckpoint()
        try folder.write(invalid, to: "global/pg_control")
    }
}
