/// Decides which snapshots of a stream stay.
///
/// These stay whatever the policy says: the newest one that is whole and everything after it, the last one that a
/// drill proved, what a person holds, and what is not where it should be in its stream. A
/// rule counts only whole snapshots up to the newest good one; in a period that a rule passes on its way and that has
/// none, the newest of the others stays along and does not count.
public enum Retention {
    /// The decision about each snapshot, in the order in which they are given.
    ///
    /// - Parameters:
    ///   - snapshots: the verified snapshots of one stream, in any order.
    ///   - policy: what to keep.
    ///   - offset: seconds that local time is ahead of UTC, for where days begin.
    /// - Returns: a decision for each.
    /// - Complexity: O(n log n).
    public static func decide(
        _ snapshots: [RetentionCandidate],
        keep policy: KeepPolicy,
        offset: Int64 = 0
    ) -> [RetentionDecision] {
        let order = snapshots.indices.sorted { snapshots[$0] < snapshots[$1] }
        let sorted = order.map { snapshots[$0] }
        var run = Run(sorted, policy, offset: offset)
        run.decide()
        var decisions = [RetentionDecision](repeating: RetentionDecision(), count: order.count)
        for (place, index) in order.enumerated() {
            decisions[index].reasons = run.reasons[place]
        }
        return decisions
    }

    /// The place, in the order given, of the newest snapshot that is whole and where it should be; nil when none is.
    ///
    /// In a stream that has no complete snapshot, the newest partial one counts as whole.
    public static func newestGood(_ snapshots: [RetentionCandidate]) -> Int? {
        let order = snapshots.indices.sorted { snapshots[$0] < snapshots[$1] }
        let sorted = order.map { snapshots[$0] }
        return newestGood(sorted, RetentionDoubt.sorted(sorted)).map { order[$0] }
    }

    fileprivate static func newestGood(
        _ sorted: [RetentionCandidate],
        _ doubts: [String?]
    ) -> Int? {
        let last = { (quality: RetentionCandidate.Quality) in
            sorted.indices.last { doubts[$0] == nil && sorted[$0].quality == quality }
        }
        return last(.complete) ?? last(.partial)
    }
}

/// One stream's decisions while they are made; its snapshots are ordered by number.
private struct Run {
    let snapshots: [RetentionCandidate]
    let policy: KeepPolicy
    let offset: Int64
    let doubts: [String?]
    var reasons: [[RetentionReason]]

    init(_ snapshots: [RetentionCandidate], _ policy: KeepPolicy, offset: Int64) {
        self.snapshots = snapshots
        self.policy = policy
        self.offset = offset
        doubts = RetentionDoubt.sorted(snapshots)
        reasons = [[RetentionReason]](repeating: [], count: snapshots.count)
    }

    mutating func decide() {
        let newest = Retention.newestGood(snapshots, doubts)
        for (index, snapshot) in snapshots.enumerated() {
            if index == newest { reasons[index].append(.newestGood) }
            if let hold = snapshot.hold { reasons[index].append(.held(hold)) }
            if snapshot.isLastProven { reasons[index].append(.proven) }
            if let doubt = doubts[index] { reasons[index].append(.doubtful(doubt)) }
            if index > newest ?? -1, doubts[index] == nil { reasons[index].append(.awaitsGood) }
            if policy.forever { reasons[index].append(.forever) }
        }
        guard let newest else { return }
        let counted = snapshots.indices.prefix(newest + 1).filter { doubts[$0] == nil }
        keepLast(counted)
        keepPeriods(.hour, "hourly", policy.hourly, counted)
        keepPeriods(.day, "daily", policy.daily, counted)
        keepPeriods(.week, "weekly", policy.weekly, counted)
        keepPeriods(.month, "monthly", policy.monthly, counted)
        keepPeriods(.year, "yearly", policy.yearly, counted)
    }

    /// In a stream without a complete snapshot, the partial ones are counted instead.
    private func isCounted(_ index: Int, among indices: [Int]) -> Bool {
        let quality = snapshots[indices.last ?? index].quality
        return snapshots[index].quality == quality
    }

    private mutating func keepLast(_ indices: [Int]) {
        let whole = indices.filter { isCounted($0, among: indices) }
        for (count, index) in whole.suffix(policy.last).reversed().enumerated() {
            reasons[index].append(.last(count: count + 1, limit: policy.last))
        }
    }

    private mutating func keepPeriods(
        _ unit: CalendarPeriod.Unit,
        _ rule: String,
        _ limit: Int,
        _ indices: [Int]
    ) {
        guard limit > 0 else { return }
        let periods = Dictionary(grouping: indices) { index in
            CalendarPeriod(unit, of: snapshots[index].time, offset: offset)
        }
        var count = 0
        for (period, members) in periods.sorted(by: { $0.key > $1.key }) {
            guard let best = members.last(where: { isCounted($0, among: indices) }) else {
                if let last = members.last { reasons[last].append(.bestOf(period, rule: rule)) }
                continue
            }
            count += 1
            reasons[best].append(.newest(of: period, rule: rule, count: count, limit: limit))
            if count == limit { return }
        }
    }
}
