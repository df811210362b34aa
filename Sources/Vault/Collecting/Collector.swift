public import Model
internal import ObjectStorage

/// Deletes what retention gave up and nothing needs any more; the only thing in the house that deletes.
///
/// Whole objects go, in two phases, and nothing is ever rewritten:
/// - *mark*: a signed tombstone under `gc/` names snapshots that retention gives up, packs that no other snapshot names,
///   and stretches of log that nothing needs or that one piece holds.
/// - *sweep*, at least a day later by the store's clock: everything is looked at and decided anew; what is named or wanted
///   now is spared, the rest goes, snapshots first.
///
/// It needs no key that opens data and no lock in the vault. Any listing may be wrong: every snapshot of the last inventory
/// must be there, every snapshot must be readable, and two listings must agree; otherwise nothing is deleted.
/// Everything can be cut off anywhere and done again. Several collectors at once do no harm, of one host or of many: a
/// tombstone that was carried out stays for ``aftermath``, and a sweep stops when another one was faster.
public struct Collector: Sendable {
    /// How long after its mark a thing may be deleted, by the store's clock.
    public static let grace = Duration.seconds(86_400)
    /// How long a tombstone stays after it was carried out: longer than anybody who looked before goes on deleting, which is
    /// ``CommitProof/lifetime``, with room for a host that sleeps within a deletion.
    static let aftermath = Duration.seconds(43_200)
    /// A pack that no snapshot names may be a running backup's for so long.
    static let youth = Duration.seconds(2 * 86_400)
    /// While backups seem to run, a pack that no snapshot names is left for so long.
    static let patience = Duration.seconds(30 * 86_400)
    /// How long reports stay.
    static let memory = Duration.seconds(90 * 86_400)

    let vault: Vault
    let keys: HostKeys
    let rules: [StreamName: RetentionRule]
    let clock: any Timekeeper
    let acceptsLosses: Bool
    /// Prolongs the locks of what stays; nil for a store without locks.
    let locks: LockKeeper?

    /// Prepares a collector; nothing is read.
    ///
    /// - Parameters:
    ///   - vault: the vault.
    ///   - keys: of this host, which is enrolled; they sign what it writes.
    ///   - rules: what to keep of which stream; of a stream without a rule everything is kept.
    ///   - clock: the time of day and the time that never jumps.
    ///   - acceptsLosses: whether snapshots that are gone or damaged are given up instead of stopping everything, and those
    ///     that a revoked key signed instead of staying.
    ///   - locks: prolongs the locks of what stays; nil for a store without locks.
    public init(
        _ vault: Vault,
        keys: HostKeys,
        rules: [StreamName: RetentionRule],
        clock: any Timekeeper,
        acceptsLosses: Bool = false,
        locks: LockKeeper? = nil
    ) {
        self.vault = vault
        self.keys = keys
        self.rules = rules
        self.clock = clock
        self.acceptsLosses = acceptsLosses
        self.locks = locks
    }

    /// Says what ``run()`` would do, and writes nothing.
    ///
    /// - Throws: as ``run()``.
    public func plan() async throws(Fault) -> CollectionPlan {
        var survey = try await survey()
        let decided = try await decide(&survey, now: clock.now())
        return try await plan(&survey, decided, now: clock.now()).plan
    }

    /// Sweeps what was marked long enough ago, marks what may go now, and prolongs the locks of the rest.
    ///
    /// After success a tombstone is there for everything that may go and is not gone. After failure, or after a crash at any
    /// moment, some of what may go is gone, and nothing else.
    ///
    /// - Throws: `E-VAULT-FORMAT` when the vault needs a newer collector; `E-KEYS-NOT-ENROLLED` when this host is not enrolled;
    ///   `E-GC-LISTING`, `E-GC-VANISHED`, `E-GC-UNREADABLE` when what is seen cannot be trusted;
    ///   `E-STREAM-BUSY` when another collector of this host carried out what this one was at; what the store throws.
    public func run() async throws(Fault) -> CollectionReport {
        _ = try vault.recipients(for: keys)
        do throws(Fault) { return try await collect() } catch  where error.code == .objectMissing {
            throw Fault(
                .listingShort,
                "unable to collect in '\(vault.store.address)': what it lists is not there (\(error.message))",
                hints: [
                    "Nothing else was deleted. Another collector deleted it meanwhile, or the listing is old: try again."
                ],
                cause: error
            )
        }
    }

    private func collect() async throws(Fault) -> CollectionReport {
        var survey = try await survey()
        let now = try await writeInventory(survey)
        let decided = try await decide(&survey, now: now)
        let (plan, logs) = try await plan(&survey, decided, now: now)
        var report = CollectionReport(plan: plan)
        let done: Set<ObjectName>
        (report.swept, done) = try await sweep(&survey, decided, now: now)
        try await mark(survey, decided, logs, without: done, now: now, &report)
        try await tidy(survey, hasReported: !report.swept.tombstones.isEmpty, now: now)
        await prolongLocks(survey, decided, logs, now: now, &report)
        await removeLeftovers(&report)
        return report
    }

    /// What the vault holds; refuses when something in it cannot be read.
    private func survey() async throws(Fault) -> Survey {
        try vault.checkCollectable()
        let survey = try await Survey(vault, host: keys.host, acceptingLosses: acceptsLosses)
        if let first = survey.unreadable.first, !acceptsLosses {
            throw unreadable(first.fault, count: survey.unreadable.count)
        }
        return survey
    }

    func unreadable(_ fault: Fault, count: Int) -> Fault {
        Fault(
            .headUnreadable,
            "unable to collect in '\(vault.store.address)': \(count) snapshots cannot be read, so that it is not"
                + " known what they need",
            hints: [
                "\(fault.message).",
                "Bring it back from another copy with `lifeboat check --repair`.",
                "If it is lost for good, give it up with --accept-losses.",
            ],
            cause: fault
        )
    }

    /// Writes down which snapshots there are; tells the store's time.
    private func writeInventory(_ survey: Survey) async throws(Fault) -> Instant {
        var name: ObjectName?
        let entries = LedgerEntry.inventory(
            survey.heads.map(\.id) + survey.unreadable.map(\.id),
            doubted: doubted(survey)
        )
        for entry in entries {
            name = try await vault.publish(entry, in: .ledger, keys: keys, at: clock.now())
        }
        guard let name, let stored = try await vault.store.status(name)?.modified else {
            throw Fault(
                .vanished,
                "unable to collect in '\(vault.store.address)': what was stored last is not there",
                hints: ["Look at the store's own log, then try again."]
            )
        }
        return stored
    }

    private func doubted(_ survey: Survey) -> [SnapshotID] {
        Dictionary(grouping: survey.heads, by: \.id.stream).values.flatMap { heads in
            let facts = RetentionDoubt.facts(of: heads.map { candidate($0, survey) })
            return zip(heads, facts).filter { $0.1 != nil && !$0.0.isRevoked }.map(\.0.id)
        }
    }

    func candidate(_ head: SurveyedHead, _ survey: Survey) -> RetentionCandidate {
        var candidate = head.candidate
        let name = head.id.description
        candidate.wasDoubted = survey.ledger.doubted.contains(name)
        let rule = rules[head.id.stream]
        candidate.isLastProven = rule?.proven == name
        candidate.comesInOrder = rule?.comesInOrder ?? true
        return candidate
    }

    /// Removes what is of no use any more: tombstones that were carried out long ago, old inventories, and old reports once a
    /// new one says what is left of them.
    private func tidy(_ survey: Survey, hasReported: Bool, now: Instant) async throws(Fault) {
        var names = spent(survey, now: now) + survey.ledger.outdated
        if hasReported {
            try await vault.store.list("\(DocumentFolder.ledger.rawValue)/") { info in
                guard case .document = VaultName(info.name), now - info.modified > Self.memory
                else { return }
                names.append(info.name)
            }
        }
        for name in names {
            do throws(Fault) {
                try await vault.store.remove(name)
            } catch  where error.code == .objectLocked { continue }
        }
    }
}
