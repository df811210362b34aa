internal import Model

/// What was decided about one stream.
struct StreamDecisions {
    let stream: StreamName
    /// Its snapshots, by number.
    let heads: [SurveyedHead]
    /// A decision for each.
    private(set) var decisions: [RetentionDecision]
    /// Which log must stay; nil when all of it must, since it is not known what a snapshot needs.
    let need: LogNeed?
    /// Why the log that stays does, in words.
    let logFact: String

    /// Decides.
    ///
    /// `heads` have been looked at closely enough that the newest good one among them is good; `places` is where each lies in the log.
    init(
        _ stream: StreamName,
        _ heads: [SurveyedHead],
        candidates: [RetentionCandidate],
        places: [BasePlace?],
        rule: RetentionRule,
        givesUpRevoked: Bool,
        now: Instant
    ) {
        self.stream = stream
        self.heads = heads
        var decisions = Retention.decide(candidates, keep: rule.keep)
        for (index, head) in heads.enumerated()
        where givesUpRevoked && head.isRevoked && candidates[index].hold == nil {
            decisions[index].reasons = []
            decisions[index].givenUp =
                "given up: a revoked key signed it, or its number is out of place"
        }
        let newestGood = Retention.newestGood(candidates)
        let doubts = RetentionDoubt.facts(of: candidates)
        var bases: [LogNeed.Base] = []
        for (index, head) in heads.enumerated() {
            let isRedis = head.kind == .redis
            guard head.log != nil || isRedis else { continue }
            let quality = candidates[index].quality
            let isWhole =
                quality == .complete || quality == newestGood.map { candidates[$0].quality }
            bases.append(
                LogNeed.Base(
                    epoch: head.log?.epoch ?? 0,
                    span: head.log?.span ?? 0..<0,
                    time: max(head.time, head.stored),
                    begun: isRedis ? head.time : nil,
                    place: places[index]?.place,
                    stretch: places[index]?.stretch,
                    isGood: isWhole && doubts[index] == nil,
                    isKept: decisions[index].isKept
                )
            )
        }
        let isKnown = bases.count == heads.count
        let start = rule.log.map { now - $0 }
        let anchor = isKnown ? LogNeed.anchor(bases, windowStart: start) : nil
        for index in isKnown ? LogNeed.beginnings(bases, windowStart: start) : [] {
            bases[index].isKept = true
            if index != anchor {
                decisions[index].reasons.append(.beginsLog("that no older one leads to"))
            } else if let window = rule.log {
                decisions[index].reasons.append(
                    .beginsLog("of the last \(Self.text(window))")
                )
            }
        }
        self.decisions = decisions
        need = isKnown && !heads.isEmpty ? LogNeed(bases, windowStart: start) : nil
        logFact = Self.fact(anchor.map { heads[$0] }, rule.log, isKnown: isKnown)
    }

    private static func fact(
        _ anchor: SurveyedHead?,
        _ window: Duration?,
        isKnown: Bool
    ) -> String {
        guard isKnown else { return "all of it stays: a snapshot does not say what it needs" }
        guard let anchor else { return "all of it stays: no snapshot is older than the window" }
        let from = "every second since \(anchor.time)"
        guard let window else { return "\(from), the oldest snapshot" }
        return "\(from), for the last \(text(window))"
    }

    private static func text(_ window: Duration) -> String {
        let hours = window.components.seconds / 3_600
        return hours % 24 == 0 ? "\(hours / 24) days" : "\(hours) hours"
    }
}
