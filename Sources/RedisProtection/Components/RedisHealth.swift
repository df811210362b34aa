public import Model
internal import RedisWire

/// What a server's settings mean for its protection.
public struct RedisHealth: Sendable {
    /// The version, as the server says it; nil when the user may not ask.
    public let version: String?
    /// Whether a snapshot needs no room on the server's disk (`repl-diskless-sync`); nil when the user may not ask.
    public let isDiskless: Bool?

    /// Asks the server of a component; changes nothing.
    ///
    /// - Throws: `E-REDIS-…` when it cannot be reached or refuses the login.
    public init(_ component: RedisComponent) async throws(Fault) {
        let connection = try await RedisConnection.connect(to: component.address)
        do throws(Fault) {
            version = try await Self.permitted { () async throws(Fault) in
                try await connection.info("server")["redis_version"]
            }
            let setting = try await Self.permitted { () async throws(Fault) in
                try await connection.configuration("repl-diskless-sync")["repl-diskless-sync"]
            }
            isDiskless = setting.map { $0 == "yes" }
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    private static func permitted(
        _ ask: () async throws(Fault) -> String?
    ) async throws(Fault) -> String? {
        do throws(Fault) {
            return try await ask()
        } catch  where error.code == .redisPermission || error.code == .redisRefused {
            return nil
        }
    }
}
