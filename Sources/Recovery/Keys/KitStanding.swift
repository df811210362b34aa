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

    /// What the last test did not show: that the kit opens what is sealed to the recipients of a component with secrets.
    public let unproven: [Fault]

    /// Finds out; needs no key.
    ///
    /// A kit that was never tested counts from the host's first enrolment, when it was made.
    ///
    /// - Throws: what the store throws.
    static func read(_ stack: Stack, _ vault: Vault) async throws(Fault) -> KitStanding {
        let test = try await KitMemory(stack).lastTest(in: vault)
        let tested = test?.time
        let host = stack.configuration.host
        let since = tested ?? vault.enrolments.first { $0.host == host }?.time
        let now = stack.clock.now()
        let due = stack.configuration.keys.kitTestedWithin.map { (since ?? now) + $0 }
        return KitStanding(
            tested: tested,
            due: due,
            isOverdue: due.map { $0 < now } ?? false,
            unproven: test.map { unproven($0.proof, stack) } ?? []
        )
    }

    /// The components whose secrets are sealed to nobody that a proof names.
    ///
    /// No operator's key vouches for these recipients: only what the kit opened shows that they are its own.
    private static func unproven(_ proof: KitProof, _ stack: Stack) -> [Fault] {
        stack.configuration.components.compactMap { component in
            guard case .secrets(let secrets) = component.source else { return nil }
            let proven = proof.components.first { $0.component == component.name }?.recipients ?? []
            let wanted = secrets.recipients.map { $0.lowercased() }
            guard !wanted.contains(where: { proven.contains($0) }) else { return nil }
            return Fault(
                .kitUnproven,
                "unable to tell whether the recovery kit opens '\(component.name)': its last test opened nothing that is sealed to the recipients of now",
                hints: [
                    "Run `lifeboat backup`, then: lifeboat key kit --test FILE",
                    "The recipients of now are \(wanted.joined(separator: ", ")); a key that is in no kit is lost with the host.",
                ]
            )
        }
    }
}
