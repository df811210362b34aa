public import Model

/// What a collection of a vault would do, and why.
public struct CollectionPlan: Sendable {
    /// What becomes of one snapshot.
    public struct Item: Sendable {
        /// Which.
        public let id: SnapshotID
        /// The moment it stands for.
        public let time: Instant
        /// What kind of component it holds.
        public let kind: ComponentKind
        /// Bytes protected, as the source counts them.
        public let sourceBytes: Int64
        /// What was decided.
        public internal(set) var decision: RetentionDecision
        /// When it may be deleted, if it is marked already.
        public internal(set) var due: Instant?
    }

    /// A number of objects.
    public struct Amount: Sendable, Hashable {
        /// How many.
        public internal(set) var objects = 0
        /// How many bytes they have.
        public internal(set) var bytes: Int64 = 0

        /// Nothing.
        public init() {}

        mutating func add(_ count: Int64) {
            objects += 1
            bytes += count
        }
    }

    /// What becomes of the log of one stream.
    public struct Log: Sendable {
        /// The stream.
        public let stream: StreamName
        /// Why what stays does, in words.
        public internal(set) var fact: String
        /// Pieces that nothing needs any more.
        public internal(set) var past = Amount()
        /// Pieces that a longer one holds wholly.
        public internal(set) var covered = Amount()
        /// Pieces that stay.
        public internal(set) var kept = Amount()
    }

    /// When the plan was made, by the store's clock, or this host's when nothing was written.
    public let time: Instant
    /// The snapshots of the streams that have a rule, by id.
    public internal(set) var snapshots: [Item] = []
    /// Their log.
    public internal(set) var log: [Log] = []
    /// Packs that nothing which stays names, and that may go.
    public internal(set) var packs = Amount()
    /// Packs that no snapshot names and that may still be needed by a backup which runs.
    public internal(set) var waiting = Amount()
    /// What a person should know, each a line.
    public internal(set) var notes: [String] = []

    init(time: Instant) { self.time = time }
}
