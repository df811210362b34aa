internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

extension LogReceiver {
    /// Compares what came once more with what the vault holds; until that is over nothing is stored.
    ///
    /// - Throws: `E-WAL-DIFFERS` when it is another log, and what reading heads throws.
    func prove(_ received: [UInt8], at place: LSN, isLast: Bool = false) async throws(Fault) {
        guard var present = proof else { return }
        present.add(received, at: place)
        if let (from, bytes) = present.stretch(isLast: isLast) {
            let again = input(bytes, timeline, from: from, heartbeat: nil)
            if case .other(let object) = try await writer.holding(of: again, in: present.index) {
                throw Fault(
                    .walDiffers,
                    "unable to receive the log of '\(context.stream.component)': what the server has from \(from) of timeline"
                        + " \(timeline) on differs from '\(object)' of the vault",
                    hints: [Self.advice]
                )
            }
        }
        proof = isLast || present.isOver ? nil : present
    }

    /// A backup needs log that the server, as far as it has come, cannot give.
    func behind(_ proof: LogProof) -> Fault {
        Fault(
            .logMissing,
            "unable to receive the log of '\(context.stream.component)': the vault holds it up to \(proof.reach), the server only up to"
                + " \(proof.behind ?? proof.reach)",
            hints: ["A standby that lags catches up: try again later.", Self.advice]
        )
    }

    /// Says that nothing is stored for a while.
    func noteBehind() {
        guard let proof, let end = proof.behind else { return }
        context.progress(
            .note(
                "the server's log ends at \(end), the vault's at \(proof.reach): nothing is stored before it comes that far"
            )
        )
    }

    private static let advice =
        "A server that was set back to an older state of its disk, or is a copy of another, goes on as another one: give it a"
        + " component name of its own; the old one stays restorable."
}
