/// The names of the facts that the head of a piece of log records.
///
/// `replication_id` is the history's name when it was received; `marks` is as ``RedisLogMarks`` writes them.
enum RedisLogFact {
    static let replicationID = "replication_id"
    static let marks = "marks"
    /// What the log of every Redis says its source is: a stream holds one history after the other, each an epoch of its own.
    static let source = "redis"
}
