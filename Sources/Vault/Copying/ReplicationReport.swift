public import Model

/// What a replication did, as far as it came.
public struct ReplicationReport: Sendable {
    /// An object that was not copied, and why.
    public struct Finding: Sendable, Hashable {
        /// Its name.
        public let object: String
        /// What is wrong with it.
        public let fact: String

        init(_ object: String, _ fault: Fault) {
            self.object = object
            fact = fault.message
        }

        init(_ object: String, _ fact: String) {
            self.object = object
            self.fact = fact
        }
    }

    /// Snapshots that are now in the target and were not before.
    public internal(set) var snapshots: [SnapshotID] = []
    /// How many packs were copied.
    public internal(set) var packs = 0
    /// How many pieces of log were copied.
    public internal(set) var logPieces = 0
    /// How many documents were copied.
    public internal(set) var documents = 0
    /// How many bytes were copied.
    public internal(set) var bytes = ByteCount.zero
    /// Objects of the source that are damaged, forged or missing; they, and the heads that need them, were not copied.
    public internal(set) var damage: [Finding] = []
    /// How many objects of the source a revoked key signed; they were left out.
    public internal(set) var revoked = 0
    /// How many objects of the source stand under names that are not their own; they were left out.
    public internal(set) var misplaced = 0
    /// Snapshots that have to wait, since the target is about to delete what they need, or did half a day ago.
    public internal(set) var waiting: [Finding] = []
    /// Damaged objects of the target that were replaced by what the source holds.
    public internal(set) var mended: [String] = []
    /// What became of the locks of what was copied; nil for a target without locks.
    public internal(set) var locks: LockReport?
    /// Why the locks could not be prolonged; nil when they could.
    public internal(set) var lockFault: Fault?
    /// Why the replication ended before its time; nil when it came to its end.
    public internal(set) var fault: Fault?

    /// Nothing yet.
    public init() {}

    /// Whether the target now holds everything that it wants of the source.
    public var isComplete: Bool {
        fault == nil && lockFault == nil && damage.isEmpty && waiting.isEmpty
    }

    mutating func note(_ finding: Finding) {
        if !damage.contains(finding) { damage.append(finding) }
    }
}
