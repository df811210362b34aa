public import Model
public import Vault

/// How the backup of one component ended.
public struct ComponentBackup: Sendable {
    /// The component.
    public let name: String
    /// What kind of thing it is.
    public let kind: ComponentKind
    /// The snapshot, or why there is none.
    public let result: Result<Snapshot, Fault>
    /// How long it took.
    public let duration: Duration
    /// What was found to be wrong with the vault meanwhile; the snapshot stands all the same.
    public let findings: [Fault]

    /// Describes an ending.
    public init(
        name: String,
        kind: ComponentKind,
        result: Result<Snapshot, Fault>,
        duration: Duration,
        findings: [Fault] = []
    ) {
        self.name = name
        self.kind = kind
        self.result = result
        self.duration = duration
        self.findings = findings
    }

    /// The snapshot; nil when there is none.
    public var snapshot: Snapshot? { try? result.get() }

    /// Why there is no snapshot; nil when there is one.
    public var fault: Fault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }

    /// How many paths could not be read.
    public var problems: Int { snapshot?.head.problems ?? 0 }
}
