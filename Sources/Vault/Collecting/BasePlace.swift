internal import Model

/// Where a snapshot lies in the log of its stream.
struct BasePlace: Hashable {
    /// The place.
    let place: LogNeed.Place
    /// The number of the unbroken stretch of log that leads on from there, among those of the stream.
    let stretch: Int

    /// Where some snapshots of a stream lie; nil for one that no log leads on from, or that does not say where it is.
    ///
    /// What a revoked key signed is no log: nobody replays it, so it must not hide a gap. One listing for a stream that may have
    /// a log, and what ``Vault/withoutRevoked(_:of:)`` costs; for Redis also one short read for each piece that a snapshot touches.
    ///
    /// - Throws: what the store throws.
    static func all(
        _ heads: [SurveyedHead],
        of stream: StreamName,
        in vault: Vault
    ) async throws(Fault) -> [BasePlace?] {
        guard heads.contains(where: { $0.log != nil || $0.place != nil }) else {
            return [BasePlace?](repeating: nil, count: heads.count)
        }
        let listed = try await ListedPiece.all(of: stream, in: vault).map(\.piece)
        // While a revocation is lost nobody knows what of it counts once it is back.
        let pieces =
            vault.lacksRevocation ? listed : try await vault.withoutRevoked(listed, of: stream)
        let redis = try await RedisPlace.places(
            of: heads.map(\.place),
            among: pieces,
            of: stream,
            in: vault
        )
        let stretches = UnbrokenStretches(pieces)
        return zip(heads, redis).map { head, redis in
            let base = head.log.map { LogNeed.Place(epoch: $0.epoch, position: $0.start.value) }
            guard let place = redis ?? base, let stretch = stretches.number(at: place) else {
                return nil
            }
            return BasePlace(place: place, stretch: stretch)
        }
    }
}
