public import Model
public import RedisWire

/// What a server's settings and its replication mean for its protection.
public struct RedisHealth: Sendable {
    /// The server and its version, as it says them, such as `Redis 7.0.15`; without a version when the user may not ask.
    public let server: String
    /// Whether a snapshot needs no room on the server's disk (`repl-diskless-sync`); nil when the user may not ask.
    public let isDiskless: Bool?
    /// How much of what it tells its replicas it keeps (`repl-backlog-size`); nil when the user may not ask.
    public let backlog: ByteCount?
    /// Who follows it and whom it follows; nil when the user may not ask.
    public let replication: RedisReplication?

    /// Asks the server of a component, with a patience of its own where one is given; changes nothing.
    ///
    /// - Throws: `E-REDIS-…` when it cannot be reached or refuses the login.
    public init(
        _ component: RedisComponent,
        patience: RedisPatience? = nil
    ) async throws(Fault) {
        self = try await RedisConnection.with(
            component.address,
            patience: patience ?? component.patience
        ) { connection async throws(Fault) in
            try await RedisHealth(asking: connection)
        }
    }

    private init(asking connection: RedisConnection) async throws(Fault) {
        let info = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.info("server")
        }
        server = ServerVersion(info: info ?? [:]).map { "\($0)" } ?? "Redis"
        let setting = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.configuration("repl-diskless-sync")["repl-diskless-sync"]
        }
        isDiskless = setting.flatMap { $0 }.map { $0 == "yes" }
        let size = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.configuration("repl-backlog-size")["repl-backlog-size"]
        }
        backlog = size.flatMap { $0 }.flatMap { Int64($0) }.map { ByteCount($0) }
        let told = try await ServerReport.permitted { () async throws(Fault) in
            try await connection.info("replication")
        }
        replication = told.flatMap { RedisReplication(info: $0) }
    }
}
