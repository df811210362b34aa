internal import Model
internal import PostgresWire

/// Copies a cluster over the replication protocol: the server sends tar archives.
struct ReplicationCopy {
    let settings: PostgresSettings

    /// Hands every file to the intake.
    func run(into intake: ClusterIntake, label: String) async throws(Fault) -> CopiedCluster {
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let writer = ClusterWriter(intake)
        var positions = (start: LSN(0), stop: LSN(0), timeline: UInt32(0))
        var archive = TarReader()
        var handed = ContinuousClock.now
        try await BaseBackup(label: label).run(on: connection) { event async throws(Fault) in
            switch event {
            case .began(let start, let timeline, _):
                positions = (start, start, timeline)
                intake.begin(at: start)
            case .beginArchive(.dataDirectory):
                archive = TarReader()
                writer.prefix = ""
            case .beginArchive(.tablespace(let tablespace)):
                archive = TarReader()
                writer.prefix = "pg_tblspc/\(tablespace.oid)/"
            case .bytes(let bytes):
                intake.waited(.now - handed)
                archive.receive(bytes[...])
                while let event = try archive.next() { try await writer.take(event) }
            case .endArchive: try archive.finish()
            case .ended(let stop, _): positions.stop = stop
            }
            handed = .now
        }
        return CopiedCluster(
            start: positions.start,
            stop: positions.stop,
            timeline: positions.timeline,
            damage: intake.damage
        )
    }
}
