internal import Model
internal import PostgresWire
internal import SystemIO

/// Copies a cluster by reading its files on this host, between `pg_backup_start` and `pg_backup_stop`.
struct DirectCopy {
    let settings: PostgresSettings
    let server: ServerProfile
    let directory: DataDirectory

    /// Hands every file to the intake.
    func run(into intake: ClusterIntake, label: String) async throws(Fault) -> CopiedCluster {
        let reader = ClusterReader(
            intake: intake,
            exclusions: BackupExclusions(
                tablespaceDirectory: try server.requireSQL().tablespaceDirectory
            )
        )
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
            try await reader.read(Directory.open(directory.path))
        }
    }
}
