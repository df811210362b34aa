public import Model

/// How far the work on one component is.
public struct ComponentProgress: Sendable, Hashable {
    /// How the work stands.
    public enum Outcome: Sendable, Hashable {
        /// Under way.
        case running
        /// Done.
        case finished
        /// Failed.
        case failed
    }

    /// The component.
    public var name: String
    /// What is being done (`reading`, `sealing`, `waiting for WAL`).
    public var phase: String
    /// The bytes done.
    public var done: ByteCount
    /// The bytes there are to do; nil while that is unknown.
    public var total: ByteCount?
    /// How the work stands.
    public var outcome: Outcome

    /// Groups what is known.
    public init(
        name: String,
        phase: String,
        done: ByteCount = .zero,
        total: ByteCount? = nil,
        outcome: Outcome = .running
    ) {
        self.name = name
        self.phase = phase
        self.done = done
        self.total = total
        self.outcome = outcome
    }

    /// The part done, 0 to 1; nil while the total is unknown.
    public var fraction: Double? {
        guard let total else { return nil }
        guard total.bytes > 0 else { return outcome == .running ? 0 : 1 }
        return min(1, max(0, Double(done.bytes) / Double(total.bytes)))
    }
}
