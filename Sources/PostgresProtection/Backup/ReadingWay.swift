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
    /// Why faster ways are closed, fastest first; empty when the configuration chose.
    let closed: [(method: PostgresSettings.Method, fault: Fault)]

    /// Chooses.
    ///
    /// - Throws: why the way that the configuration wants is closed.
    init(_ settings: PostgresSettings, server: ServerProfile) throws(Fault) {
        var closed: [(PostgresSettings.Method, Fault)] = []
        switch settings.method {
        case .direct: way = .direct(try DataDirectory(settings, server: server))
        case .sql:
            try server.require(BackupFunction.allCases)
            way = .sql
        case .replication: way = .replication
        case .auto: way = Self.fastest(settings, server, &closed)
        }
        self.closed = closed
    }

    private static func fastest(
        _ settings: PostgresSettings,
        _ server: ServerProfile,
        _ closed: inout [(PostgresSettings.Method, Fault)]
    ) -> Way {
        do throws(Fault) {
            return .direct(try DataDirectory(settings, server: server))
        } catch { closed.append((.direct, error)) }
        do throws(Fault) {
            _ = try server.requireSQL()
            try server.require(BackupFunction.allCases)
            return .sql
        } catch { closed.append((.sql, error)) }
        return .replication
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
