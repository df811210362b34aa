public import Model
public import StackConfiguration
public import Vault

/// How one copy stands after a backup.
public struct BackedUpCopy: Sendable {
    /// What came of it.
    public enum Outcome: Sendable {
        /// The backup was written there.
        case written
        /// It was brought up to date from the copy that the backup was written to.
        case updated(ReplicationReport)
        /// Its turn has not come.
        case waits(until: Instant)
        /// It lacks something that it should hold; the next backup brings it.
        case behind(Fault)
    }

    /// What the configuration says of it.
    public let configuration: CopyConfiguration
    /// What came of it.
    public let outcome: Outcome
    /// Why not everything that its snapshots need stays locked; nil when it does, or when it has no locks.
    public let lockFault: Fault?

    /// Describes an ending.
    public init(configuration: CopyConfiguration, outcome: Outcome, lockFault: Fault? = nil) {
        self.configuration = configuration
        self.outcome = outcome
        self.lockFault = lockFault
    }

    /// Its name.
    public var name: String { configuration.name }

    /// Why it lacks something, or is not locked as it should be; nil when neither is so.
    public var fault: Fault? {
        guard case .behind(let fault) = outcome else { return lockFault }
        return fault
    }
}
