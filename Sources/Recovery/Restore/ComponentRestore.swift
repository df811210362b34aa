public import Model
public import Protection
public import Vault

/// How the restore of one component ended.
public struct ComponentRestore: Sendable {
    /// The component.
    public let name: String
    /// What kind of thing it is.
    public let kind: ComponentKind
    /// What came back, or why it did not.
    public let result: Result<RestoreOutcome, Fault>
    /// How long it took.
    public let duration: Duration

    /// Describes an ending.
    public init(
        name: String,
        kind: ComponentKind,
        result: Result<RestoreOutcome, Fault>,
        duration: Duration
    ) {
        self.name = name
        self.kind = kind
        self.result = result
        self.duration = duration
    }

    /// What came back; nil when it failed.
    public var outcome: RestoreOutcome? { try? result.get() }

    /// Why it failed; nil when it did not.
    public var fault: Fault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }
}
