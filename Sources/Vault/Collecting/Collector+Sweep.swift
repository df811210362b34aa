internal import Model
internal import ObjectStorage

extension Collector {
    /// Carries out this host's tombstones that are old enough, as far as everything still looks that way; tells what it did, and
    /// which of them are gone.
    func sweep(
        _ survey: inout Survey,
        _ decided: [StreamName: StreamDecisions],
        now: Instant
    ) async throws(Fault) -> (swept: LedgerEntry.Swept, gone: Set<ObjectName>) {
        let due = survey.tombstones.documents.filter { isDue($0, now: now) }
        guard !due.isEmpty else { return (LedgerEntry.Swept(), []) }
        var run = SweepRun(self, due: due, survey: survey, decided: decided, now: now)
        try await run.run()
        survey = run.survey
        for entry in LedgerEntry.report(run.swept) {
            try await vault.publish(entry, in: .ledger, keys: keys, at: clock.now())
        }
        var gone: Set<ObjectName> = []
        for document in due {
            do throws(Fault) {
                try await vault.store.remove(document.name)
                gone.insert(document.name)
            } catch  where error.code == .objectLocked {
                // It stays for a while, and is carried out again then: it still marks what is locked now.
                continue
            }
        }
        return (run.swept, gone)
    }

    /// Whether a tombstone may be carried out: it is this host's, both clocks say that a day has gone by, and this run
    /// decides about every stream of it.
    ///
    /// Another host's is that host's affair: who takes over a host must not make a collector delete for him.
    private func isDue(_ document: VaultDocument<Tombstone>, now: Instant) -> Bool {
        document.host == keys.host && now - document.stored >= Self.grace
            && clock.now() - document.time >= Self.grace - .seconds(3_600)
            && document.content.streams.isSubset(of: rules.keys)
    }
}
