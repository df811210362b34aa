internal import Model
internal import ObjectStorage

/// Where a snapshot of Redis lies in what its server sent, as the facts of its head say.
struct RedisPlace: Hashable {
    /// The name of the server's history.
    let history: String
    /// The offset in it.
    let offset: UInt64

    /// Reads facts; nil when they do not say where the server was.
    init?(facts: [String: String]) {
        guard let history = facts["replication_id"],
            let offset = UInt64(facts["replication_offset"] ?? "")
        else { return nil }
        self.history = history
        self.offset = offset
    }

    /// The place in the log of its stream, given its pieces; nil when none leads on from here.
    ///
    /// The first of several. A piece that cannot be read says nothing of its history: it counts where no other does, since what it
    /// holds may come back from another copy.
    ///
    /// One short read for each piece that touches the offset.
    ///
    /// - Throws: what the store throws.
    func place(
        among pieces: [LogPiece],
        of stream: StreamName,
        in vault: Vault
    ) async throws(Fault) -> LogNeed.Place? {
        var unread: UInt32?
        let near = pieces.filter { $0.from <= offset && offset <= $0.to }
        for piece in near.sorted(by: { ($0.epoch, $0.from) < ($1.epoch, $1.from) }) {
            do throws(Fault) {
                let signed = try await vault.signedHead(piece.name(in: stream))
                let head = try await vault.verifiedHead(signed, of: piece, stream: stream)
                guard head.facts["replication_id"] == history else { continue }
                return LogNeed.Place(epoch: piece.epoch, position: offset)
            } catch  where error.code.disposition == .corrupt {
                unread = unread ?? piece.epoch
            } catch  where error.code == .objectMissing { continue }
        }
        return unread.map { LogNeed.Place(epoch: $0, position: offset) }
    }
}
