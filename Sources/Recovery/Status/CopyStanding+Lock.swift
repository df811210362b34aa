public import Model
internal import ObjectStorage
internal import StackConfiguration
internal import Vault

extension CopyStanding {
    /// Whether it shall be locked, has snapshots, and its store does not show that the newest are.
    ///
    /// A configuration locks nothing: a bucket that was made without Object Lock may take the wish and forget it.
    public func lacksLock(at now: Instant) -> Bool {
        copy.lock != nil && components.contains { $0.newest != nil } && !isLocked(at: now)
    }

    /// Whether its store shows that the newest snapshots cannot be deleted.
    func isLocked(at now: Instant) -> Bool { lockedUntil.map { $0 > now } ?? false }

    /// What helps a copy that lacks its lock.
    public var lockRemedy: String {
        "lock what is kept: lifeboat prune --copy \(copy.name) --yes; a bucket that was made without Object Lock must be made anew"
    }

    /// Until when snapshots are locked, as their store says, the earliest; nil when one of them is not.
    ///
    /// A request for each, and one in the life of the program that asks whether the bucket locks at all.
    ///
    /// - Throws: what the store throws.
    static func lockedUntil(
        _ snapshots: [Snapshot],
        in open: OpenCopy
    ) async throws(Fault) -> Instant? {
        guard open.configuration.lock != nil else { return nil }
        var earliest: Instant?
        for snapshot in snapshots {
            guard let name = ObjectName(snapshot.id.description),
                let end = try await open.vault.store.status(name)?.lockedUntil
            else { return nil }
            earliest = min(earliest ?? end, end)
        }
        return earliest
    }
}
