/// What becomes of a snapshot, and why.
public struct RetentionDecision: Sendable, Hashable {
    /// Why it stays, strongest first; empty when it goes.
    public var reasons: [RetentionReason] = []
    /// Why it is given up though no rule was asked; nil when no rule wants it.
    public var givenUp: String?

    /// Nothing wants it.
    public init() {}

    /// Whether it stays.
    public var isKept: Bool { !reasons.isEmpty }
}

extension RetentionDecision: CustomStringConvertible {
    /// `kept: newest of 2026-11-27 (daily 3 of 30)`, or `dropped: no rule wants it`.
    public var description: String {
        isKept
            ? "kept: " + reasons.map(\.description).joined(separator: "; ")
            : "dropped: \(givenUp ?? "no rule wants it")"
    }
}
