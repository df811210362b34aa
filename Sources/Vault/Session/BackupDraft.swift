public import Model

/// What a component says of the snapshot that it has put into a session.
public struct BackupDraft: Sendable {
    /// The moment that the snapshot stands for.
    public var time: Instant
    /// What the component's kind records, by name.
    public var facts: [String: String]
    /// How many paths could not be read.
    public var problems: Int
    /// What a person must hear though the snapshot is whole.
    public var findings: [Fault] = []

    /// Describes a snapshot.
    public init(time: Instant, facts: [String: String] = [:], problems: Int = 0) {
        self.time = time
        self.facts = facts
        self.problems = problems
    }
}
