internal import Model
internal import ObjectStorage

extension Collector {
    /// Carries out this host's tombstones that are old enough, as far as everything still looks that way; tells what it did, and
    /// which of them are done.
    ///
    /// They stay, see ``spent(_:now:)``; the report is what says that they are done.
    func sweep(
        _ survey: inout Survey,
        _ decided: [StreamName: StreamDecisions],
        now: Instant
    ) async throws(Fault) -> (swept: LedgerEntry.Swept, done: Set<ObjectName>) {
        let due = survey.open.filter { isDue($0, now: now) }
        guard !due.isEmpty else { return (LedgerEntry.Swept(), []) }
        var run = SweepRun(self, due: due, survey: survey, decided: decided, now: now)
        try await run.run()
        survey = run.survey
        for entry in LedgerEntry.report(run.swept) {
            try await vault.publish(entry, in: .ledger, keys: keys, at: clock.now())
        }
        let unfinished = Set(run.swept.unfinished ?? [])
        return (run.swept, Set(due.map(\.name)).filter { !unfinished.contains($0.text) })
    }

    /// Tombstones that were carried out so long ago that nobody acts on them any more, as both clocks say.
    ///
    /// Another collector of this host that looked before may go on deleting what one names for an hour. As long as the
    /// tombstone is there, nobody brings a pack of such a name back and builds on it.
    func spent(_ survey: Survey, now: Instant) -> [ObjectName] {
        survey.tombstones.documents.map(\.name).filter { name in
            guard let report = survey.ledger.done[name.text] else { return false }
            return now - report.stored >= Self.aftermath
                && clock.now() - report.time >= Self.aftermath - .seconds(3_600)
        }
    }

    /// Whether a tombstone of this host may be carried out: both clocks say that a day has gone by, and this run decides
    /// about every stream of it.
    ///
    /// Another host's is that host's affair: who takes over a host must not make a collector delete for him.
    private func isDue(_ document: VaultDocument<Tombstone>, now: Instant) -> Bool {
        now - document.stored >= Self.grace
            && clock.now() - document.time >= Self.grace - .seconds(3_600)
            && document.content.streams.isSubset(of: rules.keys)
    }
}
