import Model
import RedisProtection
import Testing

struct SnapshotMomentTests {
    private let first = Instant(seconds: 1_700_000_100)

    @Test func `the first piece bounds the moment when nothing else is known`() {
        let created = Instant(seconds: 1_700_000_000)
        #expect(SnapshotMoment.bound(firstPiece: first, createdAt: nil, clock: nil) == first)
        #expect(SnapshotMoment.bound(firstPiece: first, createdAt: created, clock: nil) == first)
    }

    @Test func `a file that was long in the writing stands for the second it was begun in`() {
        let clock = ServerClock(shown: Instant(seconds: 5), heard: Instant(seconds: 5))
        let bound = SnapshotMoment.bound(
            firstPiece: first,
            createdAt: Instant(seconds: 1_700_000_000),
            clock: clock
        )
        #expect(bound == Instant(seconds: 1_700_000_001) + .milliseconds(20))
    }

    @Test func `a server whose clock is wrong is read by ours`() {
        let clock = ServerClock(
            shown: Instant(seconds: 1_600_000_000),
            heard: Instant(seconds: 1_700_000_000)
        )
        let bound = SnapshotMoment.bound(
            firstPiece: first,
            createdAt: Instant(seconds: 1_600_000_003),
            clock: clock
        )
        #expect(bound == Instant(seconds: 1_700_000_004) + .milliseconds(20))
    }

    @Test(arguments: [Int64.min, -1, 1 << 40, .max])
    func `a time that cannot be is passed over`(nanoseconds: Int64) {
        let clock = ServerClock(shown: first, heard: first)
        let created = Instant(nanoseconds: nanoseconds)
        let bound = SnapshotMoment.bound(firstPiece: first, createdAt: created, clock: clock)
        #expect(bound == first)
    }
}
