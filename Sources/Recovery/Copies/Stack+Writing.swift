internal import Model
internal import PostgresProtection
internal import Protection
internal import StackConfiguration
internal import Vault

// How a stack writes to its copies.
extension Stack {
    /// The copies that take every backup, and the log as it comes, in the order of the file.
    var directCopies: [CopyConfiguration] { configuration.copies.filter { $0.every == nil } }

    /// The copies that a backup or the log may go to, of those that were found.
    ///
    /// A copy that was away while this host got new keys or recipients, or while its keys were revoked, is told first; one
    /// that cannot be told is no place to write to.
    ///
    /// - Throws: what opening the first one threw, when none is there; what telling it threw, when none can be told.
    func takers(of found: CopySet) async throws(Fault) -> [OpenCopy] {
        let direct = try found.only(directCopies.map(\.name)).required().open
        let host = configuration.host
        let numbers = direct.map { $0.vault.enrolment(of: host)?.number ?? 0 }
        guard let newest = numbers.max(), let first = numbers.firstIndex(of: newest) else {
            return direct
        }
        var takers: [OpenCopy] = []
        var fault: Fault?
        for (copy, number) in zip(direct, numbers) {
            if number == newest, copy.vault.holdsRevocations(of: host) {
                takers.append(copy)
                continue
            }
            do throws(Fault) {
                try await direct[first].vault.tell(copy.vault, of: host)
                let vault = try await open(copy.configuration, expecting: copy.vault.id)
                takers.append(
                    OpenCopy(configuration: copy.configuration, vault: vault.knowing([copy.vault]))
                )
            } catch {
                if error.code == .cancelled { throw error }
                fault = fault ?? error
            }
        }
        if takers.isEmpty, let fault { throw fault }
        return takers
    }

    /// Where the log of a component goes; nil for only where its backup goes.
    ///
    /// `first` is the copy that a backup writes to; nil for a receiver that runs all the time.
    func logCopies(
        of component: ComponentConfiguration,
        first: CopyConfiguration? = nil,
        vault id: Digest256
    ) -> LogCopies? {
        guard case .postgresql(let postgres) = component.source, postgres.wal.stream else {
            return nil
        }
        // The receiver brings the log to all; a backup only must not call safe what is not.
        if first != nil, postgres.wal.durableIn == .anyCopy { return nil }
        let others = directCopies.filter { $0.name != first?.name }
        return logCopies((first.map { [$0] } ?? []) + others, postgres.wal.durableIn, vault: id)
    }

    /// Where the log of a component goes that comes as it is: commands, or what a server archives, streamed or not.
    func archiveCopies(of component: ComponentConfiguration, vault id: Digest256) -> LogCopies? {
        switch component.source {
        case .postgresql(let postgres):
            logCopies(directCopies, postgres.wal.durableIn, vault: id)
        case .redis(let redis):
            redis.log.map { logCopies(directCopies, $0.durableIn, vault: id) }
        default: nil
        }
    }

    private func logCopies(
        _ copies: [CopyConfiguration],
        _ durability: WALConfiguration.Durability,
        vault id: Digest256
    ) -> LogCopies {
        LogCopies(
            copies.map { copy in
                LogCopies.Copy(name: copy.name) { () async throws(Fault) in
                    try await open(copy, expecting: id)
                }
            },
            durability: durability == .everyCopy ? .everyCopy : .anyCopy
        )
    }

    /// What a copy wants: the snapshots that its retention would keep, and the whole log if it takes it as it comes, else
    /// what its snapshots need.
    func choice(of copy: CopyConfiguration) -> CopyChoice {
        CopyChoice(
            takesLog: copy.every == nil,
            rule: { keepRule(of: $0, in: copy) },
            need: { PostgresComponent.neededLog(of: $0) }
        )
    }
}
