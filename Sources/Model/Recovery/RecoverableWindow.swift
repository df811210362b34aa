/// A stretch of time, both ends included, every second of which a component can be taken back to.
public struct RecoverableWindow: Sendable, Hashable {
    /// The earliest moment.
    public let from: Instant
    /// The latest moment.
    public let until: Instant

    /// Makes a window; `until` must not be before `from`.
    public init(from: Instant, until: Instant) {
        precondition(from <= until, "a window ends no earlier than it begins")
        self.from = from
        self.until = until
    }

    /// Whether a moment lies inside.
    public func contains(_ moment: Instant) -> Bool { from <= moment && moment <= until }
}

extension RecoverableWindow: CustomStringConvertible {
    /// `<from> to <until>`, both of which lie inside.
    public var description: String {
        let (first, last) = (from.earliestText, until.rfc3339())
        return first <= last ? "\(first) to \(last)" : "\(from.exactText) to \(until.exactText)"
    }
}
