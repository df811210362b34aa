/// What retention looks at when it decides about one snapshot of a stream.
public struct RetentionCandidate: Sendable, Hashable {
    /// What can be said of its content without restoring it.
    public enum Quality: Sendable, Hashable {
        /// Everything was read and everything is stored.
        case complete
        /// Some paths could not be read.
        case partial
        /// Something that it needs is damaged or missing.
        case damaged
    }

    /// Its number in the stream.
    public let seq: UInt64
    /// The first 16 hexadecimal digits of its object's SHA-256.
    public let short: String
    /// The same of the snapshots that it follows.
    public let previous: [String]
    /// The moment it stands for, by its writer's clock.
    public let time: Instant
    /// When it was stored, by the store's clock.
    public let stored: Instant
    /// What can be said of its content.
    public var quality: Quality
    /// Whether it came back whole in a restore, the last one that did.
    public var isLastProven = false
    /// Whether it was found out of place before; what once was stays so, whatever else goes.
    public var wasDoubted = false
    /// Whether a key signed it that does not count any more.
    public var isRevoked = false
    /// Whether snapshots come to this copy in the order in which they are made, so that a late one is out of place.
    public var comesInOrder = true
    /// Why a person holds it; nil when nobody does.
    public var hold: String?

    /// Describes a snapshot.
    public init(
        seq: UInt64,
        short: String,
        previous: [String],
        time: Instant,
        stored: Instant,
        quality: Quality
    ) {
        self.seq = seq
        self.short = short
        self.previous = previous
        self.time = time
        self.stored = stored
        self.quality = quality
    }
}

extension RetentionCandidate: Comparable {
    /// Orders by number.
    public static func < (left: RetentionCandidate, right: RetentionCandidate) -> Bool {
        (left.seq, left.short) < (right.seq, right.short)
    }
}
