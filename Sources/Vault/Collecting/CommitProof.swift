public import Model

/// What was found just before a head is stored: the packs that are there, and what is about to be deleted.
///
/// Collection and writers share no lock. What keeps them apart is an order and two times: a collector deletes nothing
/// until a day after its tombstone was stored, and sees every head stored before then; a writer stores its head within
/// an hour of looking for tombstones, and builds on nothing that one names. So either the collector sees the head or the
/// writer sees the tombstone. Tombstones are read **before** packs are listed: one that is gone by then was
/// carried out, and the listing no longer shows what it named.
///
/// A replication obeys the same rule: take a proof, then store the heads whose packs it vouches for while it is fresh.
public struct CommitProof: Sendable {
    /// How long a proof holds.
    public static let lifetime = Duration.seconds(3_600)

    /// What is about to be deleted.
    public let tombstones: PendingTombstones
    private let packs: StoredPacks
    private let taken: Duration

    /// Reads the tombstones, then lists the packs.
    ///
    /// `known`: what was read before, so that only what is new is read.
    ///
    /// - Throws: what the store throws.
    public static func take(
        _ vault: Vault,
        knowing known: PendingTombstones? = nil,
        clock: any Timekeeper
    ) async throws(Fault) -> CommitProof {
        let taken = clock.elapsed()
        var tombstones = known ?? PendingTombstones()
        try await tombstones.read(vault)
        return CommitProof(
            tombstones: tombstones,
            packs: try await StoredPacks(vault),
            taken: taken
        )
    }

    /// Whether a head may still be stored on account of it.
    public func isFresh(_ clock: any Timekeeper) -> Bool {
        clock.elapsed() - taken < Self.lifetime
    }

    /// Refuses when a pack that a head names is not there, has another size, or is about to be deleted.
    ///
    /// `what`: what is to be committed, for the message.
    /// - Throws: `E-VAULT-VANISHED`, `E-VAULT-DOOMED`; both mend themselves when the work is done again.
    public func vouch(
        for needed: some Sequence<PackReference>,
        of what: String
    ) throws(Fault) {
        for pack in needed {
            guard !tombstones.dooms(pack.id) else {
                throw Fault(
                    .doomed,
                    "unable to commit \(what): a pack that it needs is about to be deleted",
                    hints: ["Do it again; then it will not build on that pack."]
                )
            }
            guard packs.contains(pack) else {
                throw Fault(
                    .vanished,
                    "unable to commit \(what): a pack that it needs is gone",
                    hints: ["Do it again; it will store the missing content anew."]
                )
            }
        }
    }

    /// Refuses when the log that a base backup needs is not there, or is about to be deleted.
    ///
    /// - Throws: `E-VAULT-VANISHED`, `E-VAULT-DOOMED`, and what the store throws.
    func vouch(
        for log: BaseLog,
        of stream: StreamName,
        in vault: Vault,
        _ what: String
    ) async throws(Fault) {
        guard !tombstones.dooms(stream, epoch: log.epoch, log.span) else {
            throw Fault(
                .doomed,
                "unable to commit \(what): the log that it needs is about to be deleted",
                hints: ["Do it again; a backup that begins now needs newer log."]
            )
        }
        let reader = try await LogReader(vault, stream: stream)
        let reach = reader.coverage(epoch: log.epoch).reach(from: log.start.value)
        guard reach.map({ $0 >= log.stop.value }) ?? false else {
            throw Fault(
                .vanished,
                "unable to commit \(what): the vault lacks the log from \(log.start) to \(log.stop)",
                hints: ["Do it again."]
            )
        }
    }
}
