internal import Model
internal import PostgresWire

/// Copies a cluster over the replication protocol: the server sends tar archives.
struct ReplicationCopy {
    let settings: PostgresSettings
    let server: ServerProfile

    /// The version from which on the server treats tablespaces made in place like others.
    private static let inPlaceVersion = 160_000

    /// Whether the server makes the map of tablespaces, else we do, of the list that it sends.
    ///
    /// Before version 16 it leaves tablespaces made in place out where it does, and nobody would miss them.
    private func asksForMap() throws(Fault) -> Bool {
        guard server.version < Self.inPlaceVersion else { return true }
        let tablespaces = server.sql?.tablespaces ?? []
        let longest = tablespaces.map(\.location.utf8.count).max() ?? 0
        guard longest > BaseBackup.longestLink else { return false }
        guard let lost = tablespaces.first(where: \.isInPlace) else { return true }
        throw Fault(
            .postgresBackup,
            "unable to take base backup of PostgreSQL \(server.version / 10_000): tablespace '\(lost.name ?? "\(lost.oid)")' was made in place, which the"
                + " server sends only where no tablespace's path is longer than \(BaseBackup.longestLink) bytes",
            hints: ["Let the files be read by SQL, or directly: `method: sql`, `method: direct`."]
        )
    }

    /// Hands every file to the intake.
    func run(into intake: ClusterIntake, label: String) async throws(Fault) -> CopiedCluster {
        let asksForMap = try asksForMap()
        let connection = try PostgresLink.replication(settings)
        defer { connection.close() }
        let writer = ClusterWriter(intake)
        var positions = (start: LSN(0), stop: LSN(0), timeline: UInt32(0))
        var archive = TarReader()
        var map: [UInt8] = []
        var handed = ContinuousClock.now
        let backup = try BaseBackup(label: label, asksForMap: asksForMap)
        try await backup.run(on: connection) { event async throws(Fault) in
            switch event {
            case .began(let start, let timeline, let tablespaces):
                positions = (start, start, timeline)
                if !asksForMap { map = TablespaceMap.text(of: tablespaces) }
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
        if !map.isEmpty {
            try await intake.add("tablespace_map", map, mode: server.modes.file)
        }
        return CopiedCluster(
            start: positions.start,
            stop: positions.stop,
            timeline: positions.timeline,
            damage: intake.damage
        )
    }
}
