package import Model

/// Which moment an RDB stands for.
///
/// An RDB is the state at the moment of the server's `fork`, which the server does not tell. Known are two bounds:
///
/// ```
/// fork ──── first piece of the RDB arrives                 always, by this host's clock
/// fork ──── `ctime` in the RDB, a second's end             by the server's clock, which INFO compares with ours
/// ```
/// The earlier bound is taken, so a snapshot of a moment holds nothing that was written after it: a restore to a
/// chosen time must not bring later data. What was written between the fork and that moment is missing; straight from
/// memory that is milliseconds. From a server that writes its dump file first, the first piece comes only when
/// the file is complete, so there the bound of the RDB matters. Such a server may also send a file that it was writing
/// for another replica already, so the fork may even be earlier than our request.
package enum SnapshotMoment {
    /// The second that `ctime` was rounded down to, and what Linux's `time` may lag behind its exact clock.
    private static let rounding = Duration.milliseconds(1_020)
    /// No file is in the writing for longer; a `ctime` from before is wrong.
    private static let longest = Duration.seconds(86_400)

    /// The earlier of the bounds that are known.
    package static func bound(
        firstPiece: Instant,
        createdAt: Instant?,
        clock: ServerClock?
    ) -> Instant {
        guard let createdAt, let clock, (0..<1 << 32).contains(createdAt.seconds) else {
            return firstPiece
        }
        let bound = clock.latest(createdAt) + rounding
        return firstPiece - longest <= bound ? min(firstPiece, bound) : firstPiece
    }
}
