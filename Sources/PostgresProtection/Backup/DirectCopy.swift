internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Copies a cluster by reading its files on this host, between `pg_backup_start` and `pg_backup_stop`.
struct DirectCopy {
    private let settings: PostgresSettings
    private let context: BackupContext
    private let server: ServerProfile
    private let directory: FilePath
    private let exclusions: BackupExclusions

    /// Finds out whether this way is open.
    ///
    /// - Throws: `E-PG-…` or `E-IO-…` when SQL or the data directory cannot be reached, `E-PG-FOREIGN` when the folder is
    ///   another cluster's.
    init(_ settings: PostgresSettings, context: BackupContext, server: ServerProfile) throws(Fault)
    {
        guard let sql = server.sql else {
            throw server.sqlFault
                ?? Fault(
                    .postgresBackup,
                    "unable to read the files directly: there is no SQL connection"
                )
        }
        guard let directory = settings.dataDirectory ?? sql.dataDirectory.map({ FilePath($0) })
        else {
            throw Fault(
                .postgresBackup,
                "unable to read the files directly: the data directory is not known",
                hints: ["Set `data_directory:` in the configuration."]
            )
        }
        let control = try ControlFile(
            parsing: try Directory.open(directory).child(name("global")).bytes(
                of: name("pg_control")
            )
        )
        guard String(control.systemIdentifier) == server.systemID else {
            throw Fault(
                .foreignCluster,
                "unable to read the files directly: '\(directory)' is the folder of another cluster",
                hints: ["Correct `data_directory:` in the configuration."]
            )
        }
        self.settings = settings
        self.context = context
        self.server = server
        self.directory = directory
        exclusions = BackupExclusions(tablespaceDirectory: sql.tablespaceDirectory)
    }

    /// Puts every file into the session.
    func run(into session: BackupSession, label: String) async throws(Fault) -> CopiedCluster {
        context.progress(.phase("files of the data directory"))
        let connection = try PostgresLink.sql(settings)
        defer { connection.close() }
        let backup = LowLevelBackup(connection)
        let start = try backup.start(label: label, fast: true)
        do throws(Fault) {
            let reader = ClusterReader(
                session,
                context: context,
                exclusions: exclusions,
                verifying: server.hasChecksums ? start.position : nil
            )
            try await reader.read(Directory.open(directory), prefix: "")
            try addRequiredDirectories(to: session)
            try await reader.readControlFile(in: directory)
            let stop = try backup.stop()
            try await reader.add("backup_label", stop.labelFile)
            if !stop.tablespaceMap.isEmpty {
                try await reader.add("tablespace_map", stop.tablespaceMap)
            }
            return CopiedCluster(
                start: start.position,
                stop: stop.position,
                timeline: start.timeline,
                method: "direct",
                damagedPages: reader.damagedPages,
                suspectPages: []
            )
        } catch {
            backup.abandon()
            throw error
        }
    }

    private func addRequiredDirectories(to session: BackupSession) throws(Fault) {
        for path in BackupExclusions.requiredDirectories(version: server.version) {
            try session.add(ManifestEntry(path: Array(path.utf8), kind: .directory, mode: 0o700))
        }
    }
}

/// A name that the code itself knows to be one.
func name(_ text: String) -> FileName {
    guard let name = FileName(text) else { preconditionFailure("'\(text)' is a file name") }
    return name
}

extension Directory {
    /// The bytes of a small file.
    func bytes(of name: FileName) throws(Fault) -> [UInt8] {
        let file = try openFile(name, .read)
        return try file.readAll(limit: ByteCount(1 << 20))
    }
}
