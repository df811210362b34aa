/// Finds snapshots whose place in their stream is not what it should be.
///
/// A host that was taken over can sign snapshots with any time and any number. Were they to count, a flood of them
/// would push good ones out. So each must fit the store's clock and the order of the stream; one that does not stays,
/// whoever is right, and counts for nothing. The caller remembers what was found, since the snapshots that show it may
/// go one day.
public enum RetentionDoubt {
    /// How far clocks may be apart.
    static let tolerance = Duration.seconds(3_600)

    /// What is wrong with each of some snapshots of a stream, in any order; nil when nothing is.
    ///
    /// - Complexity: O(n log n).
    public static func facts(of snapshots: [RetentionCandidate]) -> [String?] {
        let order = snapshots.indices.sorted { snapshots[$0] < snapshots[$1] }
        var facts = [String?](repeating: nil, count: snapshots.count)
        for (index, fact) in zip(order, sorted(order.map { snapshots[$0] })) {
            facts[index] = fact
        }
        return facts
    }

    /// The same of snapshots that are ordered; one that a revoked key signed makes no other doubtful.
    static func sorted(_ snapshots: [RetentionCandidate]) -> [String?] {
        var facts = [String?](repeating: "a revoked key signed it", count: snapshots.count)
        let trusted = snapshots.indices.filter { !snapshots[$0].isRevoked }
        for (index, fact) in zip(trusted, places(trusted.map { snapshots[$0] })) {
            facts[index] = fact
        }
        return facts
    }

    private static func places(_ snapshots: [RetentionCandidate]) -> [String?] {
        var facts = snapshots.indices.map { index in
            order(snapshots, index)
                ?? (snapshots[index].wasDoubted ? "it was out of place before" : nil)
        }
        for index in ahead(snapshots, facts) {
            facts[index] = "it was stored after later snapshots"
        }
        var newest: Instant?
        for (index, snapshot) in snapshots.enumerated() where facts[index] == nil {
            if snapshot.time > snapshot.stored + tolerance {
                facts[index] = "its time is after the moment at which it was stored"
            } else if let newest, snapshot.time < newest - tolerance {
                facts[index] = "its time is before that of an earlier snapshot"
            } else {
                newest = max(newest ?? snapshot.time, snapshot.time)
            }
        }
        var earliest: Instant?
        for index in snapshots.indices.reversed()
        where facts[index] == nil && snapshots[index].comesInOrder {
            let stored = snapshots[index].stored
            if let earliest, stored > earliest + tolerance {
                facts[index] = "it was stored after later snapshots"
            } else {
                earliest = min(earliest ?? stored, stored)
            }
        }
        return facts
    }

    /// Those that were stored while the store's clock was ahead, where snapshots come in the order in which they are made.
    ///
    /// After such a one a clock is right again that looks as if it had been set back, and on a directory the writer's is the same
    /// clock. One that is stored before an earlier snapshot fits in with those before that, so the earlier one is the one that is out
    /// of place; where nothing is before it, when all later ones are stored before it. Otherwise the later one is, which its time shows.
    private static func ahead(_ snapshots: [RetentionCandidate], _ facts: [String?]) -> [Int] {
        let places = snapshots.indices.filter { facts[$0] == nil && snapshots[$0].comesInOrder }
        var later = LaterMoments(places.map { snapshots[$0].stored })
        var ahead: [Int] = []
        var newest: Instant?
        for (place, index) in places.enumerated() {
            later.pass(place)
            let stored = snapshots[index].stored
            let before = later.latest(before: stored - tolerance)
            let isAhead =
                before.map { before in
                    newest.map { before >= $0 - tolerance } ?? (before == later.latest())
                } ?? false
            if isAhead {
                ahead.append(index)
            } else {
                newest = max(newest ?? stored, stored)
            }
        }
        return ahead
    }

    /// What is wrong with the numbers and the chain around a snapshot.
    private static func order(_ snapshots: [RetentionCandidate], _ index: Int) -> String? {
        let present = snapshots[index]
        let isSame = { (other: Int) in
            snapshots.indices.contains(other) && snapshots[other].seq == present.seq
        }
        if isSame(index - 1) || isSame(index + 1) { return "another snapshot has its number" }
        guard index + 1 < snapshots.count else { return nil }
        let next = snapshots[index + 1]
        guard next.seq == present.seq + 1, !next.previous.isEmpty,
            !next.previous.contains(present.short)
        else {
            return nil
        }
        return "the snapshot after it does not follow it"
    }
}
