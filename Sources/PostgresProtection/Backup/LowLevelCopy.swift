internal import Model
internal import PostgresWire

/// A copy of a cluster's files between `pg_backup_start` and `pg_backup_stop`, in one session that stays open.
struct LowLevelCopy {
    let settings: PostgresSettings
    let version: Int
    /// The permission bits of files, and of directories, that are added from memory.
    let modes: (file: UInt16, directory: UInt16)

    /// Begins a backup, lets `files` hand everything but the control file to the intake, and ends it.
    ///
    /// After a fault the backup is given up, on the server too.
    /// - Parameters:
    ///   - intake: where files go.
    ///   - label: the name of the backup in `backup_label`.
    ///   - controlFile: reads `global/pg_control`, after everything else.
    ///   - files: reads the rest; it is told where the backup begins.
    /// - Returns: what the backup was.
    /// - Throws: `E-PG-…` of the server, and what the closures and the intake throw.
    func run(
        into intake: ClusterIntake,
        label: String,
        controlFile: () throws(Fault) -> [UInt8],
        files: (BackupStart) async throws(Fault) -> Void
    ) async throws(Fault) -> CopiedCluster {
        let backup = LowLevelBackup(try PostgresLink.sql(settings))
        defer { backup.abandon() }
        let start = try backup.start(label: label, fast: true)
        intake.begin(at: start.position)
        intake.confirm = { () throws(Fault) in try backup.confirm() }
        defer { intake.confirm = nil }
        try await files(start)
        try intake.addRequiredDirectories(version: version, mode: modes.directory)
        _ = try await intake.addControlFile(mode: modes.file, controlFile)
        let stop = try backup.stop()
        try await intake.add("backup_label", stop.labelFile, mode: modes.file)
        if !stop.tablespaceMap.isEmpty {
            try await intake.add("tablespace_map", stop.tablespaceMap, mode: modes.file)
        }
        return CopiedCluster(
            start: start.position,
            stop: stop.position,
            timeline: start.timeline,
            damage: intake.damage
        )
    }
}
