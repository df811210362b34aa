import Model
import Testing

/// What decisions about very many snapshots cost: where each is compared with all others they take half an hour.
@Suite struct RetentionScaleTests {
    @Test(.timeLimit(.minutes(15)), arguments: [false, true])
    func
        `four hundred thousand snapshots come to an end, in whatever order they were stored`(
            isReversed: Bool
        )
    {
        let count = 400_000
        let snapshots = (0..<count).map { index in
            let made = 1_000_000_000 + Int64(index) * 600
            let stored = 2_000_000_000 + Int64(isReversed ? count - index : index) * 600
            return RetentionCandidate(
                seq: UInt64(index + 1),
                short: "s\(index + 1)",
                previous: index == 0 ? [] : ["s\(index)"],
                time: Instant(seconds: made),
                stored: Instant(seconds: stored),
                quality: .complete
            )
        }
        // Stored the newest first, all but those of the first hour came too late.
        let doubts = RetentionDoubt.facts(of: snapshots).count { $0 != nil }
        #expect(doubts == (isReversed ? count - 7 : 0))
    }
}
