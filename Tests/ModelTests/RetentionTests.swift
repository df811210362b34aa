import Model
import TestKit
import Testing

@Suite struct RetentionTests {
    private static let day: Int64 = 86_400
    /// Noon of Friday, 2026-11-27.
    private static let now: Int64 = 1_795_780_800

    /// A chain of whole snapshots that were made and stored at some seconds, oldest first.
    private func chain(_ times: [Int64]) -> [RetentionCandidate] {
        times.enumerated().map { index, time in
            RetentionCandidate(
                seq: UInt64(index + 1),
                short: "s\(index + 1)",
                previous: index == 0 ? [] : ["s\(index)"],
                time: Instant(seconds: time),
                stored: Instant(seconds: time + 60),
                quality: .complete
            )
        }
    }

    private func kept(_ snapshots: [RetentionCandidate], _ policy: KeepPolicy) -> [UInt64] {
        zip(snapshots, Retention.decide(snapshots, keep: policy)).filter { $0.1.isKept }
            .map(\.0.seq).sorted()
    }

    @Test func `the newest of each day stays, and says so in words`() {
        var times: [Int64] = []
        for day in (0 as Int64)..<10 {
            let noon = Self.now - (9 - day) * Self.day
            times += [noon - 3_600, noon]
        }
        let snapshots = chain(times)
        let decisions = Retention.decide(snapshots, keep: KeepPolicy(daily: 3))
        #expect(kept(snapshots, KeepPolicy(daily: 3)) == [16, 18, 20])
        #expect(
            decisions[19].description
                == "kept: newest good snapshot; newest of 2026-11-27 (daily 1 of 3)"
        )
        #expect(decisions[15].description == "kept: newest of 2026-11-25 (daily 3 of 3)")
        #expect(decisions[14].description == "dropped: no rule wants it")
    }

    @Test func `days without a snapshot do not count`() {
        let snapshots = chain([100, 40, 39, 3, 0].map { Self.now - $0 * Self.day })
        #expect(kept(snapshots, KeepPolicy(daily: 3)) == [3, 4, 5])
        #expect(kept(snapshots, KeepPolicy(daily: 30)) == [1, 2, 3, 4, 5])
    }

    @Test func `each rule wants its own, and all of them stay`() {
        let snapshots = chain((0..<800).map { Self.now - (799 - $0) * Self.day / 2 })
        let policy = KeepPolicy(last: 2, hourly: 3, daily: 4, weekly: 3, monthly: 3, yearly: 2)
        let decisions = Retention.decide(snapshots, keep: policy)
        let words = decisions.filter(\.isKept).map(\.description)
        #expect(words.contains { $0.contains("among the newest (last 2 of 2)") })
        #expect(words.contains { $0.contains("newest of 2026-11-26 12:00 (hourly 3 of 3)") })
        #expect(words.contains { $0.contains("newest of 2026-11-24 (daily 4 of 4)") })
        #expect(words.contains { $0.contains("newest of 2026-W46 (weekly 3 of 3)") })
        #expect(words.contains { $0.contains("newest of 2026-09 (monthly 3 of 3)") })
        #expect(words.contains { $0.contains("newest of 2025 (yearly 2 of 2)") })
        #expect(kept(snapshots, policy).count < 16)
    }

    @Test func `a policy that says nothing keeps everything`() {
        let snapshots = chain([9, 8, 7].map { Self.now - $0 * Self.day })
        #expect(kept(snapshots, KeepPolicy()) == [1, 2, 3])
    }

    @Test func `when backups stop, the newest stays for ever`() {
        let snapshots = chain([900, 800].map { Self.now - $0 * Self.day })
        #expect(kept(snapshots, KeepPolicy(hourly: 1)) == [2])
    }

    @Test func `a damaged or partial newest is not the newest good one`() {
        for quality in [RetentionCandidate.Quality.damaged, .partial] {
            var snapshots = chain([5, 4, 3, 2, 1].map { Self.now - $0 * Self.day })
            snapshots[3].quality = quality
            snapshots[4].quality = quality
            let decisions = Retention.decide(snapshots, keep: KeepPolicy(last: 1))
            #expect(kept(snapshots, KeepPolicy(last: 1)) == [3, 4, 5])
            #expect(decisions[2].reasons.contains(.newestGood))
            #expect(decisions[4].description == "kept: no newer snapshot is whole")
            #expect(Retention.newestGood(snapshots) == 2)
        }
    }

    @Test func `partial snapshots never push out whole ones`() {
        var snapshots = chain((0..<12).map { Self.now - (11 - $0) * Self.day })
        for index in 4..<11 { snapshots[index].quality = .partial }
        // Whole: days 11, 10, 9, 8 ago and today; partial: seven days between.
        let decisions = Retention.decide(snapshots, keep: KeepPolicy(daily: 4))
        let whole = decisions.indices.filter {
            snapshots[$0].quality == .complete && decisions[$0].isKept
        }
        #expect(whole == [1, 2, 3, 11])
        #expect(
            decisions[10].description
                == "kept: best there is of 2026-11-26, though not whole (daily)"
        )
    }

    @Test func `a stream that never was whole is thinned all the same`() {
        var snapshots = chain((0..<12).map { Self.now - (11 - $0) * Self.day })
        for index in snapshots.indices { snapshots[index].quality = .partial }
        #expect(kept(snapshots, KeepPolicy(daily: 3)) == [10, 11, 12])
        snapshots[11].quality = .damaged
        #expect(kept(snapshots, KeepPolicy(daily: 3)) == [9, 10, 11, 12])
        for index in snapshots.indices { snapshots[index].quality = .damaged }
        #expect(kept(snapshots, KeepPolicy(daily: 3)).count == 12)
    }

    @Test func `held and proven snapshots stay`() {
        var snapshots = chain([50, 40, 30, 20].map { Self.now - $0 * Self.day })
        snapshots[0].hold = "before the migration"
        snapshots[1].isLastProven = true
        let decisions = Retention.decide(snapshots, keep: KeepPolicy(last: 1))
        #expect(decisions.map(\.isKept) == [true, true, false, true])
        #expect(decisions[0].description == "kept: held: before the migration")
        #expect(decisions[1].description == "kept: the last one that a restore proved")
    }

    @Test func `a writer whose clock is wrong loses nothing`() {
        let year = 365 * Self.day
        var ahead = chain((0..<10).map { Self.now - (9 - $0) * Self.day + year })
        for index in ahead.indices {
            ahead[index] = moved(ahead[index], stored: ahead[index].time.seconds - year)
        }
        #expect(kept(ahead, KeepPolicy(daily: 3)).count == 10)
        var behind = chain((0..<10).map { Self.now - (9 - $0) * Self.day - year })
        for index in behind.indices {
            behind[index] = moved(behind[index], stored: behind[index].time.seconds + year)
        }
        #expect(kept(behind, KeepPolicy(daily: 3)) == [8, 9, 10])
        // Set back by a year, it is doubted until it has caught up.
        let back = chain([3, 2, 1, 365, 364].map { Self.now - $0 * Self.day })
        var stored = back
        stored[3] = moved(back[3], stored: Self.now - 100)
        stored[4] = moved(back[4], stored: Self.now - 50)
        #expect(kept(stored, KeepPolicy(daily: 1)) == [3, 4, 5])
    }

    /// Two snapshots a day; some of them when the clock of the writer and of the store was ahead by some days.
    private func chain(days: Int, ahead: Int64, at places: Range<Int>) -> [RetentionCandidate] {
        var times = (0..<Int64(days) * 2).map { Self.now - 3_600 + $0 * Self.day / 2 }
        for place in places { times[place] += ahead * Self.day }
        return chain(times)
    }

    @Test func `after a clock that was ahead only what it dated is out of place`() {
        for ahead in [2, 30, 365] as [Int64] {
            var before = chain(days: 5, ahead: ahead, at: 6..<8)
            let policy = KeepPolicy(daily: 3)
            #expect(kept(Array(before.prefix(8)), policy) == [4, 6, 8])
            #expect(Retention.newestGood(before) == 9)
            #expect(kept(before, policy) == [4, 6, 7, 8, 10])
            // When their times have come, the others are right all the same, and go as ever.
            for index in 6..<8 { before[index].wasDoubted = true }
            let later = chain(days: Int(ahead) + 9, ahead: ahead, at: 6..<8)
            let count = UInt64(later.count)
            #expect(kept(later, policy) == [7, 8, count - 4, count - 2, count])
            #expect(kept(before, policy) == [4, 6, 7, 8, 10])
        }
    }

    @Test func `a first snapshot by a clock that was ahead holds up no other`() {
        let snapshots = chain(days: 6, ahead: 365, at: 0..<1)
        #expect(
            RetentionDoubt.facts(of: snapshots).map { $0 == nil } == [false]
                + Array(repeating: true, count: 11)
        )
        #expect(kept(snapshots, KeepPolicy(daily: 2)) == [1, 10, 12])
        // Two of them, and nobody knows which clock was wrong: everything stays until it has caught up.
        let two = chain(days: 6, ahead: 365, at: 0..<2)
        #expect(kept(two, KeepPolicy(daily: 2)) == Array(2...12))
    }

    @Test func `after a clock that was behind only what it dated is out of place`() {
        let snapshots = chain(days: 6, ahead: -9_000, at: 6..<8)
        #expect(
            RetentionDoubt.facts(of: snapshots).map { $0 == nil }
                == [true, true, true, true, true, true, false, false, true, true, true, true]
        )
        #expect(kept(Array(snapshots.prefix(8)), KeepPolicy(daily: 2)) == [4, 6, 7, 8])
    }

    @Test func `a copy that gets the newest first makes none of them doubtful`() {
        var snapshots = chain(days: 6, ahead: 0, at: 0..<0)
        for index in snapshots.indices {
            let late = Self.now + Int64(100 - index) * 7_200 + 9 * Self.day
            snapshots[index] = moved(snapshots[index], stored: late)
            snapshots[index].comesInOrder = false
        }
        #expect(kept(snapshots, KeepPolicy(daily: 2)) == [10, 12])
    }

    private func moved(_ snapshot: RetentionCandidate, stored: Int64) -> RetentionCandidate {
        RetentionCandidate(
            seq: snapshot.seq,
            short: snapshot.short,
            previous: snapshot.previous,
            time: snapshot.time,
            stored: Instant(seconds: stored),
            quality: snapshot.quality
        )
    }

    @Test func `two snapshots of one number both stay`() {
        var snapshots = chain([4, 3, 2, 1].map { Self.now - $0 * Self.day })
        snapshots.append(
            RetentionCandidate(
                seq: 2,
                short: "fork",
                previous: ["s1"],
                time: snapshots[1].time,
                stored: snapshots[1].stored,
                quality: .complete
            )
        )
        let decisions = Retention.decide(snapshots, keep: KeepPolicy(last: 1))
        #expect(decisions.map(\.isKept) == [false, true, false, true, true])
        #expect(
            decisions[4].description
                == "kept: another snapshot has its number; it stays and takes no other's place"
        )
    }

    /// What an attacker with the host's key can put into a stream: snapshots whose times are not when they were made.
    private enum Flood: CaseIterable {
        /// New ones at the end, dated all over the past.
        case past
        /// New ones at the end, dated after now.
        case future
        /// In the place of numbers that retention gave up, dated between those that are there.
        case between
        /// Second ones of numbers that are there.
        case forks
    }

    private func flooded(
        _ snapshots: [RetentionCandidate],
        _ flood: Flood,
        _ random: inout SeededGenerator
    ) -> [RetentionCandidate] {
        let last = snapshots[snapshots.count - 1]
        let stored = last.stored + .seconds(7_300)
        var result = snapshots
        for number in 0..<60 {
            let place = Int.random(in: 0..<snapshots.count - 1, using: &random)
            let (seq, time): (UInt64, Instant) =
                switch flood {
                case .past:
                    (
                        last.seq + 1 + UInt64(number),
                        last.time - .seconds(Int64.random(in: 7_200...90_000_000, using: &random))
                    )
                case .future:
                    (
                        last.seq + 1 + UInt64(number),
                        stored + .seconds(Int64.random(in: 7_200...90_000_000, using: &random))
                    )
                case .between:
                    (snapshots[place].seq + 1, snapshots[place].time + .seconds(7_200))
                case .forks: (snapshots[place].seq, snapshots[place].time + .seconds(60))
                }
            result.append(
                RetentionCandidate(
                    seq: seq,
                    short: "f\(number)",
                    previous: ["f\(number - 1)", last.short, snapshots[place].short],
                    time: time,
                    stored: stored,
                    quality: .complete
                )
            )
        }
        return result
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `a flood of false times pushes nothing out`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<100 {
            var time = Self.now - 300 * Self.day
            var honest: [RetentionCandidate] = []
            var seq: UInt64 = 0
            while time < Self.now {
                // Numbers two apart: what lay between was given up before.
                seq += 2
                honest.append(
                    RetentionCandidate(
                        seq: seq,
                        short: "s\(seq)",
                        previous: ["s\(seq - 1)"],
                        time: Instant(seconds: time),
                        stored: Instant(seconds: time + 600),
                        quality: .complete
                    )
                )
                time += Int64.random(in: 8_000...5 * Self.day, using: &random)
            }
            let policy = KeepPolicy(
                last: Int.random(in: 0...3, using: &random),
                hourly: Int.random(in: 0...5, using: &random),
                daily: Int.random(in: 1...30, using: &random),
                weekly: Int.random(in: 0...9, using: &random),
                monthly: Int.random(in: 0...9, using: &random)
            )
            let before = Set(kept(honest, policy))
            for flood in Flood.allCases {
                let all = flooded(honest, flood, &random)
                let decisions = Retention.decide(all, keep: policy)
                let after = Set(
                    zip(all, decisions).filter { $0.1.isKept && $0.0.short.hasPrefix("s") }
                        .map(\.0.seq)
                )
                #expect(
                    before.isSubset(of: after),
                    "seed \(seed), round \(round), \(flood): \(before.subtracting(after))"
                )
            }
        }
    }

    @Test func `what was out of place stays so when what showed it is gone`() {
        // The newest of November, then a false one dated into November, then months of honest ones.
        let snapshots = chain([30, 20, 25].map { Self.now - $0 * Self.day })
        var all = snapshots
        all[2] = moved(all[2], stored: Self.now - 10 * Self.day)
        #expect(RetentionDoubt.facts(of: all).map { $0 == nil } == [true, true, false])
        all[2].wasDoubted = true
        let later = [all[0], all[2]]
        let decisions = Retention.decide(later, keep: KeepPolicy(monthly: 5))
        #expect(decisions[0].reasons.contains(.newestGood))
        #expect(
            decisions[1].description
                == "kept: it was out of place before; it stays and takes no other's place"
        )
    }

    @Test(arguments: [21, 22, 23] as [UInt64])
    func `what holds of every decision`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<300 {
            var times = [Self.now - 90 * Self.day]
            for _ in 0..<Int.random(in: 0...80, using: &random) {
                times.append(times[times.count - 1] + Int64.random(in: 60...95_000, using: &random))
            }
            var snapshots = chain(times)
            for index in snapshots.indices {
                snapshots[index].quality =
                    [.complete, .complete, .partial, .damaged].randomElement(using: &random)
                    ?? .complete
                if Int.random(in: 0..<20, using: &random) == 0 { snapshots[index].hold = "x" }
            }
            let policy = KeepPolicy(
                last: Int.random(in: 0...4, using: &random),
                daily: Int.random(in: 0...9, using: &random),
                weekly: Int.random(in: 0...9, using: &random)
            )
            let shuffled = snapshots.shuffled(using: &random)
            let decisions = Retention.decide(shuffled, keep: policy)
            let keeps = Dictionary(
                uniqueKeysWithValues: zip(shuffled.map(\.seq), decisions.map(\.isKept))
            )
            let what = "seed \(seed), round \(round)"
            #expect(
                snapshots.allSatisfy { $0.hold == nil || keeps[$0.seq] == true },
                "\(what)"
            )
            let good = Retention.newestGood(snapshots).map { snapshots[$0].seq } ?? 0
            #expect(snapshots.allSatisfy { $0.seq < good || keeps[$0.seq] == true }, "\(what)")
            // Deciding again about what stayed changes nothing.
            let stayed = snapshots.filter { keeps[$0.seq] == true }
            #expect(kept(stayed, policy) == stayed.map(\.seq), "\(what)")
            // A more generous policy keeps at least as much.
            var generous = policy
            generous.daily += 1
            generous.last += 1
            generous.forever = policy.forever
            #expect(
                Set(kept(snapshots, policy)).isSubset(of: kept(snapshots, generous)),
                "\(what)"
            )
        }
    }
}
