internal import Model
internal import PostgresWire

/// How the files of a cluster are read: the fastest way that is open, or the one that the configuration wants.
struct ReadingWay {
    /// The three ways.
    enum Way {
        /// From the data directory, on this host.
        case direct(DataDirectory)
        /// Over several SQL connections.
        case sql
        /// As the server's own archives, over one replication connection.
        case replication
    }

    /// What is taken.
    let way: Way
    /// Why the files are not read directly, where somebody can change that; nil when they are, when that is not to be
    /// had, and when the configuration chose.
    let obstacle: Fault?

    /// Chooses.
    ///
    /// - Throws: why the way that the configuration wants is closed.
    init(_ settings: PostgresSettings, server: ServerProfile) throws(Fault) {
        var obstacle: Fault?
        switch settings.method {
        case .direct: way = .direct(try DataDirectory(settings, server: server))
        case .sql:
            _ = try server.requireSQL()
            try server.require(BackupFunction.allCases)
            way = .sql
        case .replication: way = .replication
        case .auto: way = Self.fastest(settings, server, &obstacle)
        }
        self.obstacle = obstacle
    }

    private init(_ way: Way, obstacle: Fault?) {
        self.way = way
        self.obstacle = obstacle
    }

    /// The way that reads ranges over SQL connections, taken instead; nil when it is closed.
    func readingRanges(_ server: ServerProfile) -> ReadingWay? {
        guard server.sql != nil, server.missing.isEmpty else { return nil }
        return ReadingWay(.sql, obstacle: obstacle)
    }

    /// Chooses for a full reading.
    ///
    /// The server's archives come faster than ranges over SQL connections (540 MiB/s beside
    /// 390, where direct reads make 790) and need no grants; SQL is for who asks for it, and for reading
    /// a part.
    private static func fastest(
        _ settings: PostgresSettings,
        _ server: ServerProfile,
        _ obstacle: inout Fault?
    ) -> Way {
        do throws(Fault) {
            return .direct(try DataDirectory(settings, server: server))
        } catch {
            // A server on another host is no obstacle; a folder that was named, or that lacks a grant only, is.
            if settings.dataDirectory != nil || error.code == .postgresRole { obstacle = error }
            return .replication
        }
    }

    /// The way, for people.
    func text(connections: Int) -> String {
        switch way {
        case .direct: "files of the data directory"
        case .sql: "files over \(connections) SQL connections"
        case .replication: "files over the replication protocol"
        }
    }

    /// The way, as the configuration names it.
    var method: PostgresSettings.Method {
        switch way {
        case .direct: .direct
        case .sql: .sql
        case .replication: .replication
        }
    }
}
