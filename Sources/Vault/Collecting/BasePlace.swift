internal import Model

/// Where a snapshot lies in the log of its stream.
struct BasePlace: Hashable {
    /// The place.
    let place: LogNeed.Place
    /// The number of the unbroken stretch of log that leads on from there, among those of the stream.
    let stretch: Int

    /// Where some snapshots of a stream lie; nil for one that no log leads on from, or that does not say where it is.
    ///
    /// One listing for a stream that may have a log; for Redis also one short read for each piece that a snapshot touches.
    ///
    /// - Throws: what the store throws.
    static func all(
        _ heads: [SurveyedHead],
        of stream: StreamName,
        in vault: Vault
    ) async throws(Fault) -> [BasePlace?] {
        var places = [BasePlace?](repeating: nil, count: heads.count)
        guard heads.contains(where: { $0.log != nil || $0.place != nil }) else { return places }
        let pieces = try await ListedPiece.all(of: stream, in: vault).map(\.piece)
        let stretches = Set(pieces.map(\.epoch)).sorted().flatMap { epoch in
            LogCoverage(pieces.lazy.filter { $0.epoch == epoch }).ranges.map { (epoch, $0) }
        }
        for (index, head) in heads.enumerated() {
            var place = head.log.map { LogNeed.Place(epoch: $0.epoch, position: $0.start.value) }
            if let redis = head.place {
                place = try await redis.place(among: pieces, of: stream, in: vault)
            }
            guard let place else { continue }
            let stretch = stretches.firstIndex { epoch, positions in
                epoch == place.epoch && positions.lowerBound <= place.position
                    && place.position <= positions.upperBound
            }
            if let stretch { places[index] = BasePlace(place: place, stretch: stretch) }
        }
        return places
    }
}
