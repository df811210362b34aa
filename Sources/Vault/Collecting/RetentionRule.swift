public import Model

/// What is to be kept of one stream.
public struct RetentionRule: Sendable, Hashable {
    /// Which snapshots.
    public let keep: KeepPolicy
    /// For how long every second stays reachable by the log; nil: since the oldest kept snapshot.
    public let log: Duration?
    /// The snapshot that a restore proved last, by its object's name.
    public var proven: String?

    /// Whether backups write to this copy, so that snapshots come in the order in which they are made; a replication brings
    /// the newest first.
    public var comesInOrder: Bool

    /// Describes a rule.
    public init(
        keep: KeepPolicy,
        log: Duration? = nil,
        proven: String? = nil,
        comesInOrder: Bool = true
    ) {
        self.keep = keep
        self.comesInOrder = comesInOrder
        self.log = log
        self.proven = proven
    }
}
