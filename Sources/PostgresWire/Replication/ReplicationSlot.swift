public import Model

/// A physical replication slot as the server sees it.
public struct ReplicationSlot: Sendable, Hashable {
    /// How safe the WAL is that the slot needs (`pg_replication_slots.wal_status`).
    public enum WALStatus: String, Sendable {
        /// Within `max_wal_size`.
        case reserved
        /// Kept beyond it because of the slot.
        case extended
        /// About to be removed at the next checkpoint.
        case unreserved
        /// Removed: the slot is of no further use.
        case lost
    }

    /// The name.
    public let name: String
    /// Whether somebody streams from it.
    public let isActive: Bool
    /// The oldest position that it keeps; nil when it keeps nothing.
    public let restartPosition: LSN?
    /// The state of its WAL; nil when it keeps nothing.
    public let walStatus: WALStatus?
    /// Bytes that can still be written before the slot is lost; nil without
    /// `max_slot_wal_keep_size`.
    public let safeSize: ByteCount?
}
