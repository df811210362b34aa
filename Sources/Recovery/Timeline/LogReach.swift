public import Model
public import Vault

/// How far the log of a component reaches: of PostgreSQL on one timeline of the server, of Redis in one history.
public struct LogReach: Sendable, Hashable {
    /// What it is the log of.
    public let kind: ComponentKind
    /// The server's timeline; of Redis when the history began to be received, in seconds since 1970.
    public let epoch: UInt32
    /// The positions that are held; more than one range means a gap between them.
    public let ranges: [Range<UInt64>]
    /// The newest moment that the newest piece is known to hold; nil when it does not say.
    public let until: Instant?

    /// The last position that is held.
    public var end: LSN { LSN(ranges.last?.upperBound ?? 0) }

    /// A position as the servers of the kind write it.
    public func text(_ position: UInt64) -> String {
        kind == .redis ? "\(position)" : "\(LSN(position))"
    }
}
