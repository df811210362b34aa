import Console
import Model
import Recovery
import SystemIO
import SystemPackage

extension DemoStory {
    /// The `DELETE`, and the second before it.
    struct Spoiling: Sendable {
        let target: Instant
        let deleted: Instant
        let rows: Int
        let killed: Instant
    }

    private static let patience = Duration.seconds(120)

    /// Passes a second that is worth going back to, goes on for a while, and then spoils the database.
    func spoil(_ stack: Stack, _ writer: DemoWriter) async throws(Fault) -> Spoiling {
        let step = try narrator.begin(5, "The accident: DELETE FROM calls, with no WHERE")
        let target = try await writer.writeToWholeSecond()
        try await writer.write(for: .milliseconds(700), atLeast: 10)
        let rows = try database.deleteCalls()
        let deleted = try database.clock()
        let kept = writer.ledger.committed(by: target).count
        let after = writer.ledger.begun(after: target).count
        guard kept + after == writer.ledger.entries.count else {
            throw Fault(
                .demoServer,
                "unable to go on: a call was being written at the chosen second"
            )
        }
        try await waitForLog(stack) { $0 > target }
        let killed = try database.clock()
        try narrator.end(
            step,
            [
                ("good until", TimeEcho.text(target)),
                (
                    "by then",
                    "\(DemoText.number(kept)) calls came in, as the ledger outside the stack says"
                ),
                ("after that", "\(DemoText.number(after)) more"),
                (
                    "then",
                    "\(DemoText.number(rows)) calls deleted, \(DemoText.seconds(deleted - target)) later"
                ),
            ],
            [
                JSONField("target", .time(target)), JSONField("calls_kept", .integer(Int64(kept))),
                JSONField("calls_after", .integer(Int64(after))),
                JSONField("calls_deleted", .integer(Int64(rows))),
            ]
        )
        return Spoiling(target: target, deleted: deleted, rows: rows, killed: killed)
    }

    /// Removes all that is left of the stack, and all that Lifeboat kept on the host.
    ///
    /// The servers are dead already.
    func lose(_ stack: Stack, _ spoiling: Spoiling) async throws(Fault) -> DemoLoss {
        let step = try narrator.begin(6, "The loss of everything else")
        let logged = try await heartbeat(stack) ?? spoiling.target
        for path in [
            place.postgresData, place.redis, place.files, place.secrets, place.state,
            place.configuration,
        ] {
            try FileSystem.removeTree(path)
        }
        let behind = spoiling.killed - logged
        try narrator.end(
            step,
            [
                ("killed", "PostgreSQL and Redis, with SIGKILL"),
                (
                    "removed",
                    "their data, the files, the secrets, Lifeboat's own keys and configuration"
                ),
                ("left", "the vault, the recovery kit"),
                (
                    "the log",
                    "is in the vault up to \(DemoText.seconds(behind)) before the end, at least"
                ),
            ],
            [JSONField("seconds_log_behind", .seconds(behind))]
        )
        return DemoLoss(
            target: spoiling.target,
            deleted: spoiling.deleted,
            deletedRows: spoiling.rows,
            killed: spoiling.killed,
            logged: logged
        )
    }

    /// Waits until the vault holds a heartbeat that fits.
    func waitForLog(
        _ stack: Stack,
        until isEnough: (Instant) -> Bool
    ) async throws(Fault) {
        let deadline = BootClock.now() + Self.patience
        while true {
            if let beat = try await heartbeat(stack), isEnough(beat) { return }
            guard BootClock.now() < deadline else {
                throw Fault(.demoServer, "unable to go on: the log does not reach the vault")
            }
            try await DemoClock.wait(.milliseconds(100))
        }
    }

    /// The newest heartbeat that the vault's log holds.
    private func heartbeat(_ stack: Stack) async throws(Fault) -> Instant? {
        try await Timeline.read(stack, ["database"]).logs["database"]?.compactMap(\.until).max()
    }
}
