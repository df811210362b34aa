public import Model
internal import StackConfiguration
internal import Vault

/// Whether the recovery kit was tested as recently as the configuration asks for.
public struct KitStanding: Sendable {
    /// When it was last tested; nil when no test is known.
    public let tested: Instant?
    /// When the next test is due; nil when the configuration asks for none.
    public let due: Instant?
    /// Whether that time has passed.
    public let isOverdue: Bool

    /// Finds out; needs no key.
    ///
    /// A kit that was never tested counts from the host's first enrolment, when it was made.
    ///
    /// - Throws: what the store throws.
    static func read(_ stack: Stack, _ vault: Vault) async throws(Fault) -> KitStanding {
        let tested = try await KitMemory(stack).lastTest(in: vault)
        let host = stack.configuration.host
        let since = tested ?? vault.enrolments.first { $0.host == host }?.time
        let now = stack.clock.now()
        let due = stack.configuration.keys.kitTestedWithin.map { (since ?? now) + $0 }
        return KitStanding(tested: tested, due: due, isOverdue: due.map { $0 < now } ?? false)
    }
}
