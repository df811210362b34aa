internal import Model
internal import PostgresProtection
internal import RedisProtection
internal import RedisWire
internal import StackConfiguration

/// What a component's server says of its replication while the status is read.
struct ServerAnswer {
    /// How long a server may take; the status is for moments in which it may be gone.
    private static let patience = Duration.seconds(3)

    /// Who follows it and whom it follows; nil when it does not answer or may not be asked.
    let followers: [ServerFollower]?
    /// What a person should know, each a line.
    let lines: [String]

    /// Asks; nil for a component whose server tells nothing of this.
    ///
    /// - Throws: `E-CANCELLED`.
    static func ask(
        _ configured: ComponentConfiguration,
        _ stack: Stack
    ) async throws(Fault) -> ServerAnswer? {
        do throws(Fault) {
            switch configured.source {
            case .postgresql(let postgres):
                let settings = try await stack.settings(postgres, isReached: true)
                let found = try PostgresReplication(settings, timeout: patience)
                return ServerAnswer(
                    followers: found.followers.map { ServerFollower($0) },
                    lines: found.findings.map { "\($0.fact): \($0.remedy)" }
                )
            case .redis:
                let component = try await stack.component(configured)
                guard let redis = component as? RedisComponent else { return nil }
                return try await answer(redis)
            case .files, .secrets, .configuration, .dumps: return nil
            }
        } catch {
            if error.code == .cancelled { throw error }
            return ServerAnswer(
                followers: nil,
                lines: ["its server was not asked: \(error.message)"]
            )
        }
    }

    private static func answer(_ redis: RedisComponent) async throws(Fault) -> ServerAnswer {
        let health = try await RedisHealth(
            redis,
            patience: RedisPatience(
                connecting: patience,
                silence: patience,
                loading: .zero,
                retryInterval: .milliseconds(200)
            )
        )
        guard let replication = health.replication else {
            return ServerAnswer(followers: nil, lines: [])
        }
        return ServerAnswer(
            followers: (replication.link.map { [ServerFollower($0)] } ?? [])
                + replication.replicas.map { ServerFollower($0) },
            lines: replication.findings.map { "\($0.fact): \($0.remedy)" }
        )
    }
}
