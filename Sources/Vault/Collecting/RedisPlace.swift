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

    /// Which history a piece is of.
    private enum Piece {
        case of(history: String?)
        /// It cannot be read, so it may be of any.
        case unread
        case gone
    }

    /// The places in the log of a stream of some snapshots, given its pieces; nil for one that no log leads on from.
    ///
    /// The first of several. A piece that cannot be read says nothing of its history: it counts where no other does, since what it
    /// holds may come back from another copy.
    ///
    /// One short read for each piece that touches an offset, however many snapshots lie there.
    ///
    /// - Throws: what the store throws.
    static func places(
        of snapshots: [RedisPlace?],
        among pieces: [LogPiece],
        of stream: StreamName,
        in vault: Vault
    ) async throws(Fault) -> [LogNeed.Place?] {
        var places = [LogNeed.Place?](repeating: nil, count: snapshots.count)
        var unread = places
        let wanted = snapshots.enumerated().compactMap { index, present in
            present.map { (index: index, present: $0) }
        }.sorted { $0.present.offset < $1.present.offset }
        guard !wanted.isEmpty else { return places }
        for piece in pieces.sorted(by: { ($0.epoch, $0.from) < ($1.epoch, $1.from) }) {
            let first = wanted.indices.first(from: { wanted[$0].present.offset >= piece.from })
            let near = wanted[first...].prefix { $0.present.offset <= piece.to }
                .filter { places[$0.index] == nil }
            guard !near.isEmpty else { continue }
            let read = try await read(piece, of: stream, in: vault)
            for (index, present) in near {
                let place = LogNeed.Place(epoch: piece.epoch, position: present.offset)
                switch read {
                case .of(present.history): places[index] = place
                case .unread: unread[index] = unread[index] ?? place
                case .of, .gone: continue
                }
            }
        }
        return zip(places, unread).map { $0 ?? $1 }
    }

    private static func read(
        _ piece: LogPiece,
        of stream: StreamName,
        in vault: Vault
    ) async throws(Fault) -> Piece {
        do throws(Fault) {
            let signed = try await vault.signedHead(piece.name(in: stream))
            let head = try await vault.verifiedHead(signed, of: piece, stream: stream)
            return .of(history: head.facts["replication_id"])
        } catch  where error.code.disposition == .corrupt {
            return .unread
        } catch  where error.code == .objectMissing { return .gone }
    }
}
