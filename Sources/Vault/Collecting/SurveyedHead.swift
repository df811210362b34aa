internal import Model

/// A snapshot as a collector sees it: its verified head without the list of packs.
struct SurveyedHead {
    let id: SnapshotID
    /// The public key that signed it.
    let by: String
    /// When it was stored, by the store's clock.
    let stored: Instant
    let objectBytes: Int64
    let kind: ComponentKind
    let time: Instant
    let problems: Int
    let previous: [Digest256]
    let sourceBytes: Int64
    /// The log that it needs itself; nil when its facts do not say.
    let log: BaseLog?
    /// Where it lies in what its server sent, when it is of Redis and says so.
    let place: RedisPlace?
    /// Whether its object or a pack of it is damaged or missing.
    var isDamaged: Bool
    /// Whether a revoked key signed it, or its number is out of place: it stays, and takes no other's place.
    var isRevoked: Bool

    init(_ snapshot: Snapshot, stored: Instant, isWhole: Bool, isRevoked: Bool) {
        id = snapshot.id
        by = snapshot.head.by
        self.stored = stored
        objectBytes = snapshot.objectBytes
        kind = snapshot.head.kind
        time = snapshot.head.time
        problems = snapshot.head.problems
        previous = snapshot.head.previous
        sourceBytes = snapshot.head.sizes.source
        log = kind == .postgresql ? BaseLog(facts: snapshot.head.facts) : nil
        place = kind == .redis ? RedisPlace(facts: snapshot.head.facts) : nil
        isDamaged = !isWhole
        self.isRevoked = isRevoked
    }

    /// What retention needs to know of it.
    var candidate: RetentionCandidate {
        var candidate = RetentionCandidate(
            seq: id.seq,
            short: id.short,
            previous: previous.map(\.short),
            time: time,
            stored: stored,
            quality: isDamaged ? .damaged : problems > 0 ? .partial : .complete
        )
        candidate.isRevoked = isRevoked
        return candidate
    }
}
