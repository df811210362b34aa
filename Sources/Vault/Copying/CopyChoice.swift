public import Model

/// What a copy wants of a vault.
public struct CopyChoice: Sendable {
    /// Chooses what is kept from the snapshots of one stream.
    public typealias Rule = @Sendable ([SnapshotMoment]) -> Set<SnapshotID>

    /// How a copy keeps the snapshots of a stream; nil keeps all of them.
    public var rule: @Sendable (StreamName) -> Rule?
    /// The log without which a snapshot cannot be restored; nil when it needs none.
    public var need: @Sendable (Snapshot) -> LogSpan?
    /// Whether the copy takes the whole log, rather than only what its snapshots need.
    public var takesLog: Bool

    /// Everything that the source has, unless told otherwise.
    public init(
        takesLog: Bool = true,
        rule: @escaping @Sendable (StreamName) -> Rule? = { _ in nil },
        need: @escaping @Sendable (Snapshot) -> LogSpan? = { _ in nil }
    ) {
        self.takesLog = takesLog
        self.rule = rule
        self.need = need
    }
}
