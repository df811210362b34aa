internal import Model
internal import PostgresWire

/// Copies a cluster over several SQL connections, between `pg_backup_start` and `pg_backup_stop`.
///
/// ```
/// listing ─▶ files ─▶ ranges of at most 1 MiB ─▶ batches ─▶ lanes (a connection each) ─┐
///                         in the order of the listing: intake ◀─ pieces ◀──────────────┘
/// ```
/// What each lane has asked for ahead is bounded, and so is memory: three batches a lane.
struct RemoteCopy {
    let settings: PostgresSettings
    let server: ServerProfile

    /// Hands every file to the intake; the planner says what of it is read.
    func run(
        into intake: ClusterIntake,
        label: String,
        _ planner: ReadingPlanner
    ) async throws(Fault) -> CopiedCluster {
        let facts = try server.requireSQL()
        let modes = server.modes
        let copy = LowLevelCopy(settings: settings, version: server.version, modes: modes)
        let files = try ServerFiles(try PostgresLink.sql(settings))
        defer { files.close() }
        return try await copy.run(into: intake, label: label) { () throws(Fault) in
            let whole = FileRange(
                path: "global/pg_control",
                offset: 0,
                length: ControlFile.fileSize
            )
            return try files.read(whole) ?? []
        } files: { (start) async throws(Fault) in
            let choice = try await planner.choice(from: start)
            let listing = ClusterListing(
                files,
                exclusions: BackupExclusions(tablespaceDirectory: facts.tablespaceDirectory)
            )
            let fetch = FileFetch(settings: settings)
            try await fetch.running { () async throws(Fault) in
                let assembly = FileAssembly(intake, mode: modes.file) { range throws(Fault) in
                    try files.read(range)
                }
                var batches = BatchCutter(choice: choice)
                while let item = try listing.next() {
                    switch item {
                    case .directory(let path, let modified):
                        try intake.addDirectory(
                            Array(path.utf8),
                            mode: modes.directory,
                            modified: modified
                        )
                    case .file(let file):
                        batches.add(file)
                        while let batch = batches.next() {
                            try await fetch.submit(batch, into: assembly)
                        }
                    }
                }
                if let last = batches.last() { try await fetch.submit(last, into: assembly) }
                try await fetch.finish(into: assembly)
            }
        }
    }
}
