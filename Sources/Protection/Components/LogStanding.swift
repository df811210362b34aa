public import Model
public import Vault

/// How far the log takes a snapshot, as far as that can be told without a key.
public struct LogStanding: Sendable, Hashable {
    /// What it is the log of.
    public let kind: ComponentKind
    /// The epoch that it leads to: PostgreSQL's timeline, Redis's history.
    public let epoch: UInt32
    /// The first position that it does not lead to.
    public let end: LSN
    /// The newest moment known to be before that; nil when none is.
    public let until: Instant?
    /// Whether it leads to the end of all that is there.
    ///
    /// Otherwise something is missing in between, or the server went back to a point before the snapshot; what lies behind can
    /// be restored only with another snapshot, if at all.
    public let isWhole: Bool

    /// Describes it.
    public init(
        _ kind: ComponentKind,
        epoch: UInt32,
        end: LSN,
        until: Instant?,
        isWhole: Bool
    ) {
        self.kind = kind
        self.epoch = epoch
        self.end = end
        self.until = until
        self.isWhole = isWhole
    }

    /// ``end`` as the servers of the kind write it.
    public var endText: String { kind == .redis ? "offset \(end.value)" : "\(end)" }
}
