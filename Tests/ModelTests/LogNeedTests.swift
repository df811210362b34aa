import Model
import TestKit
import Testing

@Suite struct LogNeedTests {
    private func base(
        _ epoch: UInt32,
        _ span: Range<UInt64>,
        at second: Int64,
        good: Bool = true,
        kept: Bool = true
    ) -> LogNeed.Base {
        LogNeed.Base(
            epoch: epoch,
            span: span,
            time: Instant(seconds: second),
            isGood: good,
            isKept: kept
        )
    }

    private func needs(
        _ need: LogNeed,
        _ epoch: UInt32,
        _ positions: Range<UInt64>,
        stored: Int64 = 0
    ) -> Bool {
        need.needs(epoch: epoch, positions, stored: Instant(seconds: stored))
    }

    @Test func `from the last base before the window on everything stays`() {
        let bases = [
            base(1, 100..<110, at: 10), base(1, 200..<210, at: 20, kept: false),
            base(1, 300..<310, at: 30), base(1, 400..<410, at: 40),
        ]
        let window = Instant(seconds: 35)
        #expect(LogNeed.anchor(bases, windowStart: window) == 2)
        let need = LogNeed(bases, windowStart: window)
        #expect(needs(need, 1, 300..<301))
        #expect(needs(need, 1, 350..<390))
        #expect(needs(need, 1, 290..<301))
        #expect(needs(need, 1, 105..<120))
        #expect(!needs(need, 1, 110..<120))
        #expect(!needs(need, 1, 200..<210))
        #expect(!needs(need, 1, 290..<300))
        #expect(needs(need, 1, 290..<300, stored: 36))
    }

    @Test func `a base that is not whole begins nothing`() {
        let bases = [base(1, 100..<110, at: 10), base(1, 200..<210, at: 20, good: false)]
        #expect(LogNeed.anchor(bases, windowStart: Instant(seconds: 30)) == 0)
        #expect(LogNeed.anchor([bases[1]], windowStart: Instant(seconds: 30)) == nil)
        #expect(needs(LogNeed([bases[1]], windowStart: Instant(seconds: 30)), 1, 0..<1))
    }

    @Test
    func `where only times say what leads on from a base, what was stored since it began stays`() {
        let bases = [(1, 10_000, 12_000), (2, 20_000, 24_000), (3, 40_000, 40_001)].map {
            (base: (Int, Int64, Int64)) in
            LogNeed.Base(
                epoch: 0,
                span: 0..<0,
                time: Instant(seconds: base.2),
                begun: Instant(seconds: base.1),
                isGood: true,
                isKept: base.0 != 1
            )
        }
        // The second was there when the window began; its log begins with it, and clocks may be an hour apart.
        let need = LogNeed(bases, windowStart: Instant(seconds: 30_000))
        #expect(!needs(need, 7, 0..<10, stored: 16_400))
        #expect(needs(need, 7, 0..<10, stored: 16_401))
        #expect(needs(need, 1, 0..<10, stored: 40_000))
        // At the window's beginning it was not there yet, and nothing older was.
        #expect(needs(LogNeed([bases[1]], windowStart: Instant(seconds: 23_000)), 7, 0..<10))
        // Without a window the oldest one that stays counts.
        #expect(!needs(LogNeed(bases, windowStart: nil), 7, 0..<10, stored: 12_000))
    }

    @Test func `after a clock that was ahead the log behind a base stays, whenever it was stored`()
    {
        // Taken at 10:00 by a clock five hours ahead, in the second epoch, at position 500. What followed was stored by the right clock.
        let hour: Int64 = 3_600
        let base = { (place: LogNeed.Place?) in
            LogNeed.Base(
                epoch: 0,
                span: 0..<0,
                time: Instant(seconds: 15 * hour),
                begun: Instant(seconds: 15 * hour),
                place: place,
                isGood: true,
                isKept: true
            )
        }
        let window = Instant(seconds: 20 * hour)
        #expect(
            !needs(
                LogNeed([base(nil)], windowStart: window),
                2,
                500..<600,
                stored: 10 * hour + 60
            )
        )
        let place = LogNeed.Place(epoch: 2, position: 500)
        // Where no log leads on from it, the next one counts.
        #expect(
            LogNeed([base(nil), base(place)], windowStart: window)
                .needs(epoch: 2, 500..<600, stored: Instant(seconds: 10 * hour))
        )
        let need = LogNeed([base(place)], windowStart: window)
        #expect(needs(need, 2, 500..<600, stored: 10 * hour + 60))
        #expect(needs(need, 2, 400..<501, stored: 10 * hour))
        #expect(needs(need, 3, 0..<10, stored: 11 * hour))
        // It ends there, and may be what says of which history the place is.
        #expect(needs(need, 2, 400..<500, stored: 10 * hour))
        #expect(!needs(need, 2, 400..<499, stored: 10 * hour))
        #expect(!needs(need, 1, 900..<990, stored: 10 * hour))
        // Where times and places contradict each other it stays too.
        #expect(needs(need, 1, 900..<990, stored: 14 * hour + 1))
    }

    @Test func `behind a gap the first whole base stays, until the window has passed it`() {
        let stretches = [0, 0, 1, 1, 1, nil, 2, 2]
        let bases = stretches.enumerated().map { index, stretch in
            LogNeed.Base(
                epoch: 1,
                span: UInt64(index) * 100..<UInt64(index) * 100 + 10,
                time: Instant(seconds: Int64(index) * 10),
                stretch: stretch,
                isGood: index != 2,
                isKept: false
            )
        }
        let beginnings = { (start: Int64) in
            LogNeed.beginnings(bases, windowStart: Instant(seconds: start))
        }
        // The third is not whole, so the fourth begins the second stretch.
        #expect(beginnings(5) == [0, 3, 6])
        #expect(beginnings(15) == [1, 3, 6])
        #expect(beginnings(35) == [3, 6])
        #expect(beginnings(55) == [5, 6])
        #expect(beginnings(65) == [6])
        // None is older than the window yet; the first will be.
        #expect(beginnings(-5) == [0, 3, 6])
    }

    @Test func `of kept bases the one with the lowest number is the oldest, whatever its time is`()
    {
        // A copy got the newest first; or the first was taken by a clock that was half an hour ahead.
        for times in [[900, 800, 700], [2_000, 300, 400]] as [[Int64]] {
            let bases = times.enumerated().map { index, time in
                base(1, UInt64(index + 1) * 100..<UInt64(index + 1) * 100 + 10, at: time)
            }
            #expect(LogNeed.anchor(bases, windowStart: nil) == 0)
            #expect(needs(LogNeed(bases, windowStart: nil), 1, 150..<160))
        }
    }

    @Test func `without a base older than the window nothing goes`() {
        let need = LogNeed([base(1, 100..<110, at: 40)], windowStart: Instant(seconds: 35))
        #expect(needs(need, 1, 0..<10))
        #expect(needs(LogNeed([], windowStart: Instant(seconds: 35)), 7, 0..<10))
    }

    @Test func `without a window the oldest kept base begins it`() {
        let bases = [base(1, 100..<110, at: 10, kept: false), base(1, 200..<210, at: 20)]
        let need = LogNeed(bases, windowStart: nil)
        #expect(!needs(need, 1, 100..<110))
        #expect(!needs(need, 1, 190..<200))
        #expect(needs(need, 1, 200..<201))
        #expect(needs(need, 1, 5_000..<5_001))
    }

    @Test func `later timelines stay, earlier ones only for their own bases`() {
        let bases = [base(1, 100..<110, at: 10), base(2, 150..<160, at: 20)]
        let need = LogNeed(bases, windowStart: Instant(seconds: 30))
        #expect(needs(need, 3, 0..<10))
        #expect(needs(need, 2, 150..<151))
        #expect(!needs(need, 2, 140..<150))
        #expect(!needs(need, 1, 110..<400))
        #expect(needs(need, 1, 90..<101))
    }

    @Test(arguments: [31, 32, 33] as [UInt64])
    func `inside the window every second stays reachable`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<300 {
            // One timeline; a position a second, a base now and then, a piece for every ten positions.
            var bases: [LogNeed.Base] = []
            var second: Int64 = 100
            while second < 2_000 {
                let length = Int64.random(in: 1...40, using: &random)
                bases.append(
                    base(
                        1,
                        UInt64(second)..<UInt64(second + length),
                        at: second + length,
                        good: Int.random(in: 0..<4, using: &random) > 0,
                        kept: Bool.random(using: &random)
                    )
                )
                second += length + Int64.random(in: 1...200, using: &random)
            }
            let window = Int64.random(in: 0...2_000, using: &random)
            let start = Instant(seconds: window)
            if let anchor = LogNeed.anchor(bases, windowStart: start) {
                bases[anchor].isKept = true
            }
            let need = LogNeed(bases, windowStart: start)
            let what = "seed \(seed), round \(round)"
            let stays = { (position: Int64) in
                let from = UInt64(position / 10 * 10)
                return needs(need, 1, from..<from + 10, stored: Int64(from) + 10)
            }
            for target in stride(from: max(window, 100), to: 2_100, by: 7) {
                let usable = bases.filter {
                    $0.isGood && $0.isKept && $0.time.seconds <= target
                }
                guard let nearest = usable.max(by: { $0.time < $1.time }) else { continue }
                let path = Int64(nearest.span.lowerBound)...target
                #expect(path.allSatisfy(stays), "\(what), target \(target)")
            }
            for kept in bases where kept.isKept {
                let span = Int64(kept.span.lowerBound)..<Int64(kept.span.upperBound)
                #expect(span.allSatisfy(stays), "\(what)")
            }
        }
    }
}
