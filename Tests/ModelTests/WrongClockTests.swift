import Model
import TestKit
import Testing

/// A log, its bases and a clock that is set ahead, back and right again at any time; the writer's and the store's are one, as on a
/// directory.
@Suite struct WrongClockTests {
    private static let step: Int64 = 600
    private static let hour: Int64 = 3_600

    private struct Piece {
        let epoch: UInt32
        let positions: Range<UInt64>
        /// When it was received and stored, by the clock.
        let time: Int64
    }

    private struct Base {
        let place: LogNeed.Place
        let time: Int64
    }

    /// What was written until a moment at which the clock is right.
    private struct World {
        var pieces: [Piece] = []
        var bases: [Base] = []
        var now: Int64 = 1_000_000_000
        private var ahead: Int64 = 0
        private var epoch: UInt32 = 1
        private var position: UInt64 = 0
        private var isReceiving = true
        private var isWished = true
        private let isRedis: Bool

        init(isRedis: Bool, days: Int64, _ random: inout SeededGenerator) {
            self.isRedis = isRedis
            let end = now + days * 24 * hour
            while now < end {
                now += step
                setClock(&random, isOver: now >= end - 24 * hour)
                // At the end somebody receives: what lies behind the end of the log nothing can reach.
                isReceiving =
                    now >= end - 24 * hour
                    || isReceiving != (Int.random(in: 0..<40, using: &random) == 0)
                receive()
                let isDue = Int.random(in: 0..<100, using: &random) == 0
                if isReceiving, isWished || isDue {
                    isWished = false
                    let place = LogNeed.Place(epoch: isRedis ? epoch : 1, position: position)
                    bases.append(Base(place: place, time: now + ahead))
                }
            }
        }

        private mutating func setClock(_ random: inout SeededGenerator, isOver: Bool) {
            if isOver {
                ahead = 0
            } else if Int.random(in: 0..<150, using: &random) == 0 {
                ahead = ahead == 0 ? Int64.random(in: -30 * hour...60 * hour, using: &random) : 0
            }
        }

        /// What the server kept while nobody received comes as one piece.
        private mutating func receive() {
            let last = pieces.last
            let end = UInt64(now - 1_000_000_000)
            guard isReceiving, end > position else { return }
            // A log of Redis begins anew when the clock was set back by more than a minute.
            if isRedis, let last, last.time > now + ahead + 60 {
                epoch += 1
                isWished = true
            }
            pieces.append(Piece(epoch: epoch, positions: position..<end, time: now + ahead))
            position = end
        }
    }

    /// The bases as a collector sees them, and their decisions.
    private func candidates(_ world: World) -> [RetentionCandidate] {
        world.bases.enumerated().map { index, base in
            RetentionCandidate(
                seq: UInt64(index + 1),
                short: "s\(index + 1)",
                previous: index == 0 ? [] : ["s\(index)"],
                time: Instant(seconds: base.time),
                stored: Instant(seconds: base.time),
                quality: .complete
            )
        }
    }

    private func needed(
        _ world: World,
        _ keep: KeepPolicy,
        from start: Int64?,
        isRedis: Bool
    ) -> (bases: [LogNeed.Base], need: LogNeed) {
        let candidates = candidates(world)
        let decisions = Retention.decide(candidates, keep: keep)
        let doubts = RetentionDoubt.facts(of: candidates)
        var bases = world.bases.enumerated().map { index, base in
            LogNeed.Base(
                epoch: isRedis ? 0 : 1,
                span: isRedis ? 0..<0 : base.place.position..<base.place.position + 1,
                time: candidates[index].time,
                begun: isRedis ? candidates[index].time : nil,
                place: base.place,
                stretch: Int(base.place.epoch),
                isGood: doubts[index] == nil,
                isKept: decisions[index].isKept
            )
        }
        let start = start.map { Instant(seconds: $0) }
        for index in LogNeed.beginnings(bases, windowStart: start) { bases[index].isKept = true }
        return (bases, LogNeed(bases, windowStart: start))
    }

    /// The log that a restore to a moment replays: on the base with the highest number that is not later, and whose log reaches it.
    private func path(
        to moment: Int64,
        _ world: World,
        _ bases: [LogNeed.Base]
    ) -> ArraySlice<Piece>? {
        for index in bases.indices.reversed()
        where bases[index].isKept && world.bases[index].time <= moment {
            let place = world.bases[index].place
            let after = world.pieces.drop {
                ($0.epoch, $0.positions.upperBound) <= (place.epoch, place.position)
            }
            let own = after.prefix { $0.epoch == place.epoch }
            guard let last = own.last, last.time >= moment else { continue }
            return own
        }
        return nil
    }

    @Test(arguments: [41, 42, 43] as [UInt64], [false, true])
    func `whatever a clock did, what a restore can reach inside the window it reaches afterwards`(
        seed: UInt64,
        isRedis: Bool
    ) {
        var random = SeededGenerator(seed: seed)
        var reached = 0
        for round in 0..<60 {
            let world = World(isRedis: isRedis, days: 12, &random)
            let keep =
                [KeepPolicy.everything, KeepPolicy(daily: 3), KeepPolicy(last: 4)].randomElement(
                    using: &random
                ) ?? .everything
            let window = Int64.random(in: 1...260, using: &random) * Self.hour
            let start = Bool.random(using: &random) ? world.now - window : nil
            let (bases, need) = needed(world, keep, from: start, isRedis: isRedis)
            let oldest = bases.firstIndex { $0.isKept && $0.isGood }
            let from = start ?? oldest.map { world.bases[$0].time } ?? world.now
            for moment in stride(from: from, through: world.now, by: 1_700) {
                guard let path = path(to: moment, world, bases) else { continue }
                reached += 1
                let lost = path.first { piece in
                    !need.needs(
                        epoch: piece.epoch,
                        piece.positions,
                        stored: Instant(seconds: piece.time)
                    )
                }
                #expect(
                    lost == nil,
                    "seed \(seed), round \(round), window \(window), moment \(moment), \(world.bases)"
                )
                if lost != nil { break }
            }
        }
        // Else nothing would be proved.
        #expect(reached > 0, "seed \(seed)")
    }
}
