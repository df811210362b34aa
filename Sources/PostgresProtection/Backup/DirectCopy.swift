internal import Model
internal import PostgresWire
internal import SystemIO

/// Copies a cluster by reading its files on this host, between `pg_backup_start` and `pg_backup_stop`.
struct DirectCopy {
    let settings: PostgresSettings
    let server: ServerProfile
    let directory: DataDirectory

    /// Hands every file to the intake; the planner says what of it is read.
    func run(
        into intake: ClusterIntake,
        label: String,
        _ planner: ReadingPlanner
    ) async throws(Fault) -> CopiedCluster {
        let status = try Directory.open(directory.path).status()
        let copy = LowLevelCopy(
            settings: settings,
            version: server.version,
            modes: (status.mode & 0o666, status.mode)
        )
        return try await copy.run(into: intake, label: label) { () throws(Fault) in
            try directory.controlFile()
        } files: { (start) async throws(Fault) in
            try directory.proveCheckpoint(of: start)
            let reader = try self.reader(into: intake, try await planner.choice(from: start))
            try await reader.read(Directory.open(directory.path))
        }
    }

    /// Asks which tablespaces there are, when the backup has begun: the log makes those that come later.
    private func reader(
        into intake: ClusterIntake,
        _ choice: RangeChoice
    ) throws(Fault) -> ClusterReader {
        let connection = try PostgresLink.sql(settings)
        defer { connection.close() }
        let facts = try ServerFacts.read(connection)
        return ClusterReader(
            intake: intake,
            exclusions: BackupExclusions(tablespaceDirectory: facts.tablespaceDirectory),
            tablespaces: Set(facts.tablespaces.map(\.oid)),
            choice: choice
        )
    }
}
