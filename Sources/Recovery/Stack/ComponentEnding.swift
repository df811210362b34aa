public import Model
internal import Protection
internal import SystemIO
public import Vault

/// How the work on one component of a stack ended.
public struct ComponentEnding<Value: Sendable>: Sendable {
    /// The component.
    public let name: String
    /// What kind of thing it is.
    public let kind: ComponentKind
    /// What came of it, or why nothing did.
    public let result: Result<Value, Fault>
    /// How long it took.
    public let duration: Duration
    /// What was found to be wrong with the vault meanwhile; the result stands all the same.
    public let findings: [Fault]

    /// Describes an ending.
    public init(
        name: String,
        kind: ComponentKind,
        result: Result<Value, Fault>,
        duration: Duration,
        findings: [Fault] = []
    ) {
        self.name = name
        self.kind = kind
        self.result = result
        self.duration = duration
        self.findings = findings
    }

    /// What came of it; nil when it failed.
    public var value: Value? { try? result.get() }

    /// Why it failed; nil when it did not.
    public var fault: Fault? {
        guard case .failure(let fault) = result else { return nil }
        return fault
    }

    /// Does the work, which may note findings, unless it was cancelled meanwhile, and takes its time.
    static func of(
        _ name: String,
        _ kind: ComponentKind,
        to verb: String,
        _ work: (inout [Fault]) async throws(Fault) -> Value
    ) async -> ComponentEnding {
        let begin = BootClock.now()
        var findings: [Fault] = []
        let result: Result<Value, Fault>
        do throws(Fault) {
            try Cancellation.check("\(verb) '\(name)'")
            result = .success(try await work(&findings))
        } catch { result = .failure(error) }
        return ComponentEnding(
            name: name,
            kind: kind,
            result: result,
            duration: BootClock.now() - begin,
            findings: findings
        )
    }
}
