import Model
import PostgresProtection
import PostgresWire
import Testing

/// Which removal a server must stop before, on its way to a target.
@Suite struct EarlyStopTests {
    private let consistent = LSN(1000)

    private func second(_ number: Int64) -> Instant { Instant(seconds: 1_800_000_000 + number) }

    /// What comes of milestones at 1010, 1020 and so on.
    private func position(
        _ stop: ReplayStop,
        isInclusive: Bool = true,
        _ milestones: [WALMilestone]
    ) -> LSN? {
        var early = EarlyStop(before: stop, isInclusive: isInclusive, consistent: consistent)
        for (index, milestone) in milestones.enumerated() {
            early?.see(milestone, at: LSN(1010 + 10 * UInt64(index)))
        }
        return early?.position
    }

    @Test func `a removal counts between the last transaction and the one that ends replay`() {
        let five = ReplayStop.time(second(5))
        let rows: [([WALMilestone], LSN?)] = [
            ([.ended(second(4)), .removed, .removed, .ended(second(6))], LSN(1020)),
            ([.removed, .ended(second(6))], LSN(1010)),
            // It belongs to what the target has lived through.
            ([.removed, .ended(second(5)), .ended(second(6))], nil),
            ([.removed, .ended(second(5)), .removed, .ended(second(6))], LSN(1030)),
            // The server has stopped.
            ([.ended(second(6)), .removed, .ended(second(7))], nil),
            // Its clock ran backwards: it stops at the first later one all the same.
            ([.removed, .ended(second(6)), .ended(second(4)), .removed], LSN(1010)),
            ([.ended(second(6)), .ended(second(4)), .removed, .ended(second(7))], nil),
            // It stops at no prepared one.
            ([.removed, .prepared(second(5)), .ended(second(6))], nil),
            ([.removed, .prepared(second(6)), .ended(second(6))], LSN(1010)),
            // The log ends, and the server refuses.
            ([.ended(second(4)), .removed], nil), ([], nil),
        ]
        for (milestones, expected) in rows {
            #expect(position(five, milestones) == expected, "\(milestones)")
        }
    }

    @Test func `either side of a moment is the server's, in microseconds`() {
        let log: [WALMilestone] = [.removed, .ended(second(5)), .removed, .ended(second(6))]
        #expect(position(.time(second(5)), log) == LSN(1030))
        #expect(position(.time(second(5)), isInclusive: false, log) == LSN(1010))
        let within = second(5) + .nanoseconds(999)
        #expect(position(.time(within), isInclusive: false, log) == LSN(1010))
        let behind = second(5) + .microseconds(1)
        #expect(position(.time(behind), isInclusive: false, log) == LSN(1030))
    }

    @Test func `just before a transaction counts, other positions are obeyed`() {
        let log: [WALMilestone] = [.ended(second(4)), .removed, .ended(second(6)), .removed]
        #expect(position(.position(LSN(1030)), isInclusive: false, log) == LSN(1020))
        #expect(position(.position(LSN(1020)), isInclusive: false, log) == nil)
        let prepared: [WALMilestone] = [.removed, .prepared(second(4)), .ended(second(5))]
        #expect(position(.position(LSN(1030)), isInclusive: false, prepared) == nil)
        for stop in [ReplayStop.position(LSN(1030)), .end, .consistent] {
            #expect(EarlyStop(before: stop, isInclusive: true, consistent: consistent) == nil)
        }
        #expect(EarlyStop(before: .end, isInclusive: false, consistent: consistent) == nil)
    }

    @Test func `no server stops before its base backup is consistent`() {
        let five = ReplayStop.time(second(5))
        var early = EarlyStop(before: five, isInclusive: true, consistent: consistent)
        early?.see(.ended(second(3)), at: LSN(800))
        early?.see(.removed, at: LSN(999))
        early?.see(.ended(second(6)), at: LSN(1100))
        #expect(early?.position == nil)
        early = EarlyStop(before: five, isInclusive: true, consistent: consistent)
        early?.see(.removed, at: LSN(999))
        early?.see(.removed, at: LSN(1000))
        early?.see(.ended(second(6)), at: LSN(1100))
        #expect(early?.position == LSN(1000))
    }
}
