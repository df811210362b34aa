public import Model
public import Protection
public import Vault

/// What a restore of a stack will do.
public struct StackRestorePlan: Sendable {
    /// What it will do for one component.
    public struct Step: Sendable {
        /// The component's name.
        public var name: String { component.name }
        /// The component.
        public let component: any Component
        /// What is asked of it.
        public let request: RestoreRequest
        /// What it will do.
        public let plan: RestorePlan
        /// Why it begins with an older snapshot than there is, or was, each a line; empty when it does not.
        public let passedOver: [String]
        /// What else a person should know before it begins, each a line.
        public let notes: [String]
    }

    /// The copies that it reads from, the best first.
    public let copies: UnitedCopies
    /// The point to go back to.
    public let target: RecoveryTarget
    /// What components without a log go back to when the target is a position of another's log.
    public let moment: Instant?
    /// The components, in the order in which they begin.
    public let steps: [Step]
    /// The snapshot that a person named; nil when none was.
    public var snapshot: SnapshotID?
    /// Whether that one is not trusted, since a revoked key signed it.
    public var isRevoked = false
    /// What is done with the services; nil when they are left alone.
    public var services: ServicePlan?
    /// The one table or database that comes back, and where it goes, in words; nil for whole components.
    public var thing: String?

    /// Bytes that will be written.
    public var bytes: ByteCount { steps.reduce(.zero) { $0 + $1.plan.bytes } }
}
