internal import Model
internal import Vault

/// Why a restore begins with an older snapshot than there is, or was.
///
/// A restore brings back what it can. That something newer is damaged, forged or gone must not look like success.
struct PassedOver {
    private let stack: Stack
    private let copies: UnitedCopies

    init(_ stack: Stack, _ copies: UnitedCopies) {
        self.stack = stack
        self.copies = copies
    }

    /// What stands between the snapshot that was chosen and the target, each a line.
    ///
    /// What this host remembers decides over nothing here: that it cannot be read is told, and stops no restore.
    ///
    /// - Returns: what is damage, and what a person should know that is none.
    /// - Throws: what the store throws.
    func findings(
        after chosen: Snapshot,
        _ target: RecoveryTarget
    ) async throws(Fault) -> (damage: [String], notes: [String]) {
        var lines = try await copies.vault.refused(after: chosen.id).map {
            "a newer snapshot cannot be used: \($0.message)"
        }
        guard case .latest = target else { return (lines, []) }
        var notes: [String] = []
        let revoked = try await copies.vault.newest(of: chosen.id.stream).revoked
        if revoked > 0 {
            notes.append(
                "\(revoked) newer \(revoked == 1 ? "is" : "are") not trusted: a key signed \(revoked == 1 ? "it" : "them") that the operator revoked; see `lifeboat ls`"
            )
        }
        var remembered: SnapshotID?
        for copy in copies.copies {
            do throws(Fault) {
                let known = try HeadMemory(stack, copy.vault).newest(of: chosen.id.stream)
                if let known, known.seq > remembered?.seq ?? 0 { remembered = known }
            } catch {
                notes.append(
                    "whether copy '\(copy.name)' lost a newer snapshot is not known: \(error.message)"
                )
            }
        }
        if lines.isEmpty, let remembered, remembered.seq > chosen.id.seq,
            try await copies.vault.hasLost(remembered)
        {
            lines.append("snapshot \(remembered.seq), which this host stored or saw, is gone")
        }
        return (lines, notes)
    }
}
