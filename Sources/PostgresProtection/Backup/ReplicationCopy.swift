internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Copies a cluster over the replication protocol: the server sends tar archives.
struct ReplicationCopy {
    let settings: PostgresSettings
    let context: BackupContext
    let server: ServerProfile

    /// Puts every file into the session.
    func run(
        into session: BackupSession,
        label: String
    ) async throws(Fault) -> CopiedCluster {
        context.progress(.phase("files over the replication protocol"))
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let writer = ClusterWriter(session, context: context, server: server)
        var positions = (start: LSN(0), stop: LSN(0), timeline: UInt32(0))
        var archive = TarReader()
        try await BaseBackup(label: label).run(on: connection) { event async throws(Fault) in
            switch event {
            case .began(let start, let timeline, _):
                positions = (start, start, timeline)
                writer.begin(at: start)
            case .beginArchive(.dataDirectory):
                archive = TarReader()
                writer.prefix = ""
            case .beginArchive(.tablespace(let tablespace)):
                archive = TarReader()
                writer.prefix = "pg_tblspc/\(tablespace.oid)/"
            case .bytes(let bytes):
                archive.receive(bytes[...])
                while let event = try archive.next() { try await writer.take(event) }
            case .endArchive: try archive.finish()
            case .ended(let stop, _): positions.stop = stop
            }
        }
        return CopiedCluster(
            start: positions.start,
            stop: positions.stop,
            timeline: positions.timeline,
            method: "replication",
            damagedPages: [],
            suspectPages: writer.suspectPages
        )
    }
}
