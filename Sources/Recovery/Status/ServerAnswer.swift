internal import Model
internal import PostgresProtection
internal import StackConfiguration

/// What a component's server says of its replication while the status is read.
struct ServerAnswer {
    /// How long a server may take; the status is for moments in which it may be gone.
    private static let patience = Duration.seconds(3)

    /// Who follows it; nil when it does not answer.
    let followers: [PostgresReplication.Follower]?
    /// What a person should know, each a line.
    let lines: [String]

    /// Asks; nil for a component whose server tells nothing of this.
    ///
    /// - Throws: `E-CANCELLED`.
    static func ask(
        _ configured: ComponentConfiguration,
        _ stack: Stack
    ) async throws(Fault) -> ServerAnswer? {
        guard case .postgresql(let postgres) = configured.source else { return nil }
        do throws(Fault) {
            let settings = try await stack.settings(postgres, isReached: true)
            let found = try PostgresReplication(settings, timeout: patience)
            return ServerAnswer(
                followers: found.followers,
                lines: found.findings.map { "\($0.fact): \($0.remedy)" }
            )
        } catch {
            if error.code == .cancelled { throw error }
            return ServerAnswer(
                followers: nil,
                lines: ["its server was not asked: \(error.message)"]
            )
        }
    }
}
