internal import Model

/// Heads that are written after one proof, and what they need first.
struct ReplicationBatch {
    var heads: [(id: SnapshotID, need: LogSpan?)] = []
    /// The log that the heads need.
    var needs: [(stream: StreamName, span: LogSpan)] {
        heads.compactMap { head in head.need.map { (head.id.stream, $0) } }
    }
    var packs: Set<Digest256> = []
    var bytes: Int64 = 0
}
