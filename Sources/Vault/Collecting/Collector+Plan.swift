internal import Model
internal import ObjectStorage

extension Collector {
    /// Decides about every stream that has a rule.
    func decide(
        _ survey: inout Survey,
        now: Instant
    ) async throws(Fault) -> [StreamName: StreamDecisions] {
        let holds = try await vault.holds(at: now)
        var decided: [StreamName: StreamDecisions] = [:]
        let places = Dictionary(grouping: survey.heads.indices) { survey.heads[$0].id.stream }
        for (stream, rule) in rules {
            guard let places = places[stream] else { continue }
            var candidates = places.map { candidate(survey.heads[$0], survey) }
            for (place, index) in zip(candidates.indices, places) {
                candidates[place].hold = holds[survey.heads[index].id]?.first?.hold.reason
            }
            try await proveNewest(&candidates, places, &survey)
            let heads = places.map { survey.heads[$0] }
            decided[stream] = StreamDecisions(
                stream,
                heads,
                candidates: candidates,
                places: try await BasePlace.all(heads, of: stream, in: vault),
                rule: rule,
                // While a revocation is lost nobody knows what of it counts once it is back.
                givesUpRevoked: acceptsLosses && !vault.lacksRevocation,
                now: now
            )
        }
        return decided
    }

    /// Reads the whole object of the newest good snapshot; one that is damaged is not it.
    private func proveNewest(
        _ candidates: inout [RetentionCandidate],
        _ places: [Int],
        _ survey: inout Survey
    ) async throws(Fault) {
        while let newest = Retention.newestGood(candidates) {
            let head = survey.heads[places[newest]]
            do throws(Fault) {
                _ = try await vault.wholeObject(
                    .snapshot(head.id.stream, seq: head.id.seq, short: head.id.short),
                    short: head.id.short,
                    length: head.objectBytes
                )
                return
            } catch  where error.code.disposition == .corrupt {
                candidates[newest].quality = .damaged
                survey.heads[places[newest]].isDamaged = true
            }
        }
    }

    /// What follows from the decisions; packs that a kept snapshot names are noted.
    func plan(
        _ survey: inout Survey,
        _ decided: [StreamName: StreamDecisions],
        now: Instant
    ) async throws(Fault) -> (plan: CollectionPlan, logs: [LogPlan]) {
        var plan = CollectionPlan(time: now)
        let skew = now - clock.now()
        if abs(skew.components.seconds) > 3_600 {
            plan.notes.append(
                "the store's clock and this host's are \(abs(skew.components.seconds) / 60) minutes apart"
            )
        }
        var dropped: Set<SnapshotID> = []
        for stream in decided.values.sorted(by: { $0.stream < $1.stream }) {
            for (head, decision) in zip(stream.heads, stream.decisions) {
                if !decision.isKept { dropped.insert(head.id) }
                plan.snapshots.append(item(head, decision, survey))
            }
        }
        try await notePacks(&survey, .kept, of: survey.heads.filter { !dropped.contains($0.id) })
        let isQuiet = isQuiet(survey, now: now)
        for pack in survey.packs.entries where !pack.use.contains(.kept) {
            if mayGo(pack, isQuiet: isQuiet, now: now) {
                plan.packs.add(pack.bytes)
            } else {
                plan.waiting.add(pack.bytes)
            }
        }
        var logs: [LogPlan] = []
        for stream in decided.values.sorted(by: { $0.stream < $1.stream })
        where stream.heads.contains(where: { $0.kind == .postgresql || $0.kind == .redis }) {
            let pieces = try await ListedPiece.all(of: stream.stream, in: vault)
            // Redis may have a log, and most often has none.
            guard !pieces.isEmpty || stream.heads.contains(where: { $0.kind == .postgresql })
            else { continue }
            let log = LogPlan(stream.stream, pieces, need: stream.need)
            logs.append(log)
            plan.log.append(summary(log, stream.logFact))
        }
        return (plan, logs)
    }

    private func item(
        _ head: SurveyedHead,
        _ decision: RetentionDecision,
        _ survey: Survey
    ) -> CollectionPlan.Item {
        let name = head.id.description
        let mark = survey.open.first { $0.content.forgets.contains(name) }
        return CollectionPlan.Item(
            id: head.id,
            time: head.time,
            kind: head.kind,
            sourceBytes: head.sourceBytes,
            decision: decision,
            due: mark.map { $0.stored + Self.grace }
        )
    }

    private func summary(_ log: LogPlan, _ fact: String) -> CollectionPlan.Log {
        var summary = CollectionPlan.Log(stream: log.stream, fact: fact)
        for piece in log.past { summary.past.add(piece.piece.objectBytes) }
        for part in log.covered.flatMap(\.parts) { summary.covered.add(part.piece.objectBytes) }
        summary.kept = log.kept
        return summary
    }

    /// Whether no backup seems to run: every pack that no snapshot names is old.
    func isQuiet(_ survey: Survey, now: Instant) -> Bool {
        survey.packs.entries.allSatisfy {
            $0.use.contains(.snapshot) || now - $0.stored > Self.youth
        }
    }

    /// Whether a pack that nothing which stays names may go.
    ///
    /// One that a snapshot names which retention gives up is no running backup's own. One that no snapshot names may be,
    /// and a backup may run for long: it stores a pack now and then while it does.
    func mayGo(_ pack: SurveyedPacks.Entry, isQuiet: Bool, now: Instant) -> Bool {
        if pack.use.contains(.snapshot) { return true }
        let age = now - pack.stored
        return age > Self.youth && (isQuiet || age > Self.patience)
    }

    /// Reads heads once more, and notes the packs that they name.
    func notePacks(
        _ survey: inout Survey,
        _ use: SurveyedPacks.Use,
        of heads: [SurveyedHead]
    ) async throws(Fault) {
        for head in heads {
            do throws(Fault) {
                let snapshot = try await vault.acceptingRevoked.snapshot(
                    head.id,
                    objectBytes: head.objectBytes
                )
                survey.packs.note(snapshot.head.packs, use)
            } catch  where error.code.disposition == .corrupt {
                throw unreadable(error, count: 1)
            }
        }
    }
}
