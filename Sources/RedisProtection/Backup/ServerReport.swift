internal import Model
internal import RedisWire

/// What a running server tells about itself, as far as the user may ask.
///
/// A snapshot needs no right to `INFO` and `CONFIG GET`, so a refusal of either only leaves something unknown.
struct ServerReport: Sendable {
    /// The settings, by the names of ``RedisFact``.
    private(set) var facts: [String: String] = [:]
    /// What the server's clock showed, and a moment of this host that was not earlier.
    private(set) var clock: ServerClock?
    /// Who follows it and whom it follows.
    private(set) var replication: RedisReplication?

    /// The folder of the server's files, as the server names it.
    var directory: String? { facts[RedisFact.directory] }

    /// Asks a server.
    ///
    /// - Throws: `E-REDIS-…` when it cannot be reached or refuses the login.
    static func ask(
        _ address: RedisAddress,
        patience: RedisPatience,
        clock: any Timekeeper
    ) async throws(Fault) -> ServerReport {
        try await RedisConnection.with(address, patience: patience) {
            connection async throws(Fault) in
            var report = ServerReport()
            try await report.readSettings(over: connection)
            try await report.readState(over: connection, clock)
            return report
        }
    }

    private mutating func readSettings(over connection: RedisConnection) async throws(Fault) {
        for (setting, fact) in RedisFact.settings.sorted(by: { $0.key < $1.key }) {
            let found = try await Self.permitted { () async throws(Fault) in
                try await connection.configuration(setting)
            }
            guard let found else { return }
            facts[fact] = found[setting]
        }
    }

    private mutating func readState(
        over connection: RedisConnection,
        _ clock: any Timekeeper
    ) async throws(Fault) {
        let server = try await Self.permitted { () async throws(Fault) in
            try await connection.info("server")
        }
        let heard = clock.now()
        let version = ServerVersion(info: server ?? [:])
        facts[RedisFact.redisVersion] = version?.text
        facts[RedisFact.server] = version?.kind.rawValue
        if let text = server?["server_time_usec"], let time = Int64(text),
            (0..<1 << 52).contains(time)
        {
            self.clock = ServerClock(shown: Instant(nanoseconds: time * 1_000), heard: heard)
        }
        let replication = try await Self.permitted { () async throws(Fault) in
            try await connection.info("replication")
        }
        self.replication = replication.flatMap { RedisReplication(info: $0) }
        guard facts[RedisFact.appendOnly] == nil else { return }
        let persistence = try await Self.permitted { () async throws(Fault) in
            try await connection.info("persistence")
        }
        facts[RedisFact.appendOnly] = persistence?["aof_enabled"].map { $0 == "1" ? "yes" : "no" }
    }

    /// The answer; nil when the user may not ask or the server does not know the question.
    static func permitted<Value>(
        _ ask: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value? {
        do throws(Fault) {
            return try await ask()
        } catch  where error.code == .redisPermission || error.code == .redisRefused {
            return nil
        }
    }
}
