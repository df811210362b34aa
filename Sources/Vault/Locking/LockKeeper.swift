public import Model
internal import ObjectStorage
public import SystemPackage

/// Prolongs the locks of what live snapshots need in a copy with Object Lock, so that nothing of it can be deleted before its
/// time.
///
/// Everything is locked for ``LockTerm/whole`` when it is stored. After a backup or a replication what the new snapshots name
/// is looked at, at a collection what all snapshots need that retention keeps; what would be locked for less than
/// ``LockTerm/period`` from now on is prolonged. What is known of the locks lies in a file of the host, see ``LockTable``.
public struct LockKeeper: Sendable {
    /// How many objects are prolonged at once.
    private static let width = 8
    /// What is known is kept after so many requests, so that an interruption costs little.
    private static let step = 1_000

    private let vault: Vault
    private let term: LockTerm
    private let memory: FilePath

    /// Prepares it; nothing is read.
    ///
    /// - Parameters:
    ///   - vault: the vault as the copy holds it.
    ///   - term: how long the copy's locks are.
    ///   - memory: the file of what is known of them; it need not be there.
    public init(_ vault: Vault, term: LockTerm, memory: FilePath) {
        self.vault = vault
        self.term = term
        self.memory = memory
    }

    /// Prolongs what snapshots need that were just stored: their packs, themselves, and what a vault rests on.
    ///
    /// One request for each snapshot, which tells whether the store locks at all; the listings of `packs/` and `hosts/`; two
    /// requests for each lock that is too short. After a failure some are prolonged, and the next call goes on.
    ///
    /// - Throws: `E-LOCK-SHORT` with what the store says.
    public func keep(_ snapshots: [Snapshot]) async throws(Fault) -> LockReport {
        let packs = Set(snapshots.flatMap { $0.head.packs.map(\.id) })
        return try await keep(packs: packs, of: snapshots.map(\.id))
    }

    /// The same for snapshots whose packs are known.
    func keep(packs: Set<Digest256>, of heads: [SnapshotID]) async throws(Fault) -> LockReport {
        guard let first = heads.first else { return LockReport() }
        do throws(Fault) {
            guard let stored = try await vault.store.status(first.objectName)?.modified else {
                throw Fault(.objectMissing, "'\(first)' is not there after it was stored")
            }
            var needed = heads.map { Needed(name: $0.objectName) }
            try await vault.store.list("packs/") { info in
                guard case .pack(let id) = VaultName(info.name), packs.contains(id) else { return }
                needed.append(Needed(info))
            }
            needed += try await foundations()
            return try await prolong(needed, now: stored)
        } catch { throw short(error) }
    }

    /// Prolongs what a collection found to be needed, by the store's clock, and what a vault rests on.
    func keep(_ found: [Needed], now: Instant) async throws(Fault) -> LockReport {
        do throws(Fault) {
            var needed = found + (try await foundations())
            for folder in [DocumentFolder.holds, .reports, .kits] {
                try await vault.store.list("\(folder.rawValue)/") { needed.append(Needed($0)) }
            }
            return try await prolong(needed, now: now)
        } catch { throw short(error) }
    }

    /// An object that has to stay locked.
    struct Needed: Sendable {
        let name: ObjectName
        /// When it was stored, by the store's clock; nil when that is not known, or not believed.
        var stored: Instant?

        init(name: ObjectName, stored: Instant? = nil) {
            self.name = name
            self.stored = stored
        }

        init(_ info: ObjectInfo) { self.init(name: info.name, stored: info.modified) }
    }

    /// The identity, the hosts and the way out.
    private func foundations() async throws(Fault) -> [Needed] {
        let names = [VaultName.format] + VaultName.wayOutNames.map { .wayOut($0) }
        var needed = names.map { Needed(name: $0.objectName) }
        try await vault.store.list("hosts/") { needed.append(Needed($0)) }
        return needed
    }

    /// What is known of the copy's locks.
    func table(at now: Instant) -> LockTable {
        LockTable(memory, term, vault: vault.id) ?? LockTable(term, vault: vault.id, at: now)
    }

    private func prolong(_ needed: [Needed], now: Instant) async throws(Fault) -> LockReport {
        var table = table(at: now)
        var report = LockReport()
        report.needed = needed.count
        let enough = now + term.period
        let short = needed.filter {
            table.end(of: $0.name, stored: $0.stored).map { $0 < enough } ?? true
        }
        for start in stride(from: 0, to: short.count, by: Self.step) {
            let part = Array(short[start..<min(start + Self.step, short.count)])
            let ended = await ask(part, table, now: now)
            for answer in ended {
                guard let end = answer.end else { continue }
                table.note(answer.name, end: end)
                if answer.isProlonged { report.prolonged += 1 }
            }
            try table.keep(at: memory, now: now)
            if let fault = ended.lazy.compactMap(\.fault).first { throw fault }
        }
        if short.isEmpty { try table.keep(at: memory, now: now) }
        return report
    }

    private struct Answer: Sendable {
        let name: ObjectName
        var end: Instant?
        var isProlonged = false
        var fault: Fault?
    }

    /// Looks at some locks, and prolongs those that are too short; after a fault no more are begun.
    private func ask(_ needed: [Needed], _ table: LockTable, now: Instant) async -> [Answer] {
        let answers = await withTaskGroup(of: Answer.self) { group in
            var rest = needed[...]
            var answers: [Answer] = []
            var running = 0
            var hasFailed = false
            while !rest.isEmpty || running > 0 {
                while !hasFailed, running < Self.width, let next = rest.popFirst() {
                    let known = table.end(of: next.name, stored: next.stored)
                    group.addTask { await ask(next.name, isKnown: known != nil, now: now) }
                    running += 1
                }
                guard let answer = await group.next() else { break }
                running -= 1
                hasFailed = hasFailed || answer.fault != nil
                answers.append(answer)
            }
            return answers
        }
        return answers
    }

    private func ask(_ name: ObjectName, isKnown: Bool, now: Instant) async -> Answer {
        var answer = Answer(name: name)
        do throws(Fault) {
            if !isKnown {
                // What is gone is for a check to find.
                guard let info = try await vault.store.status(name) else { return answer }
                if let end = info.lockedUntil, end >= now + term.period {
                    answer.end = end
                    return answer
                }
            }
            let end = now + term.whole
            try await vault.store.keep(name, until: end)
            answer.end = end
            answer.isProlonged = true
        } catch {
            if error.code != .objectMissing { answer.fault = error }
        }
        return answer
    }

    private func short(_ fault: Fault) -> Fault {
        guard fault.code != .cancelled else { return fault }
        return Fault(
            .lockShort,
            "unable to keep what snapshots need locked: \(fault.message)",
            hints: fault.hints,
            cause: fault
        )
    }
}
