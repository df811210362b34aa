import Console
import Model

/// What the demonstration came to.
struct DemoVerdict: Sendable {
    /// What came back of one component.
    struct Row: Sendable {
        /// The component.
        let component: String
        /// What came back.
        let content: String
        /// The moment it stands for.
        let time: Instant
        /// How it differs from what it was; nil when it does not.
        let difference: String?
    }

    /// The second that was gone back to.
    let target: Instant
    /// The components.
    let rows: [Row]
    /// Calls of the demonstration that came back.
    let calls: Int
    /// Calls that were written after the target, and so were given up.
    let givenUp: Int
    /// For how long calls were written after the target.
    let givenUpTime: Duration
    /// What the newest heartbeat in the vault was behind the loss.
    let behind: Duration
    /// From the loss until both servers answered.
    let recovery: Duration
    /// From the beginning of the demonstration to its end.
    let total: Duration
    /// What is protected.
    let source: ByteCount
    /// The vault, all of it.
    let vault: ByteCount
    /// What of it is the log.
    let log: ByteCount

    /// The first difference; nil when all is as it was.
    var difference: Row? { rows.first { $0.difference != nil } }

    /// The exit code.
    var exit: Model.ExitCode { difference == nil ? .success : .failed }

    /// The fault that a difference is; nil when all is as it was.
    var fault: Fault? {
        guard let row = difference, let text = row.difference else { return nil }
        return Fault(
            .demoDiffers,
            "unable to bring the demonstration's stack back as it was: '\(row.component)': \(text)",
            hints: [
                "This is a defect of Lifeboat. Run it again with --keep, and report what you see."
            ]
        )
    }

    /// The table and what is to be said below it.
    func lines(color: Bool) -> [String] {
        var table = Table([
            .init("component"), .init("came back"), .init("as it was"), .init("equal"),
        ])
        for row in rows {
            table.add([
                Styled(row.component, .cyan), Styled(row.content), Styled(when(row)),
                row.difference.map { Styled($0, .red) } ?? Styled("yes", .green),
            ])
        }
        let bold = { (text: String) in Styled(text, .bold).rendered(color: color) }
        let ending =
            difference == nil
            ? Styled("Everything is as it was at \(TimeEcho.text(target)).", .green)
            : Styled("It is NOT as it was at \(TimeEcho.text(target)).", .red)
        return table.lines(color: color) + [
            "",
            "\(bold("recovery"))  \(DemoText.seconds(recovery)) from the loss until both servers answered",
            "\(bold("vault"))     \(vault): two backups of \(source), and \(log) of log",
            "\(bold("given up"))  \(DemoText.number(givenUp)) calls, written in the"
                + " \(DemoText.seconds(givenUpTime)) after that second",
            "\(bold("in all"))    \(DemoText.seconds(total))", "",
            ending.rendered(color: color),
        ]
    }

    /// The same as JSON.
    var fields: [JSONField] {
        [
            JSONField("is_equal", .boolean(difference == nil)),
            JSONField("target", .time(target)),
            JSONField("calls_restored", .integer(Int64(calls))),
            JSONField("calls_given_up", .integer(Int64(givenUp))),
            JSONField("seconds_given_up", .seconds(givenUpTime)),
            JSONField("seconds_log_behind", .seconds(behind)),
            JSONField("seconds_recovery", .seconds(recovery)),
            JSONField("seconds_total", .seconds(total)),
            JSONField("bytes_source", .bytes(source)), JSONField("bytes_vault", .bytes(vault)),
            JSONField("bytes_log", .bytes(log)),
            JSONField("components", .array(rows.map { json($0) })),
            JSONField("exit_code", .integer(Int64(exit.rawValue))),
        ]
    }

    private func json(_ row: Row) -> JSONValue {
        .object([
            JSONField("component", .text(row.component)), JSONField("content", .text(row.content)),
            JSONField("time", .time(row.time)),
            JSONField("seconds_before_target", .seconds(target - row.time)),
            JSONField("difference", row.difference.map { .text($0) } ?? .null),
        ])
    }

    private func when(_ row: Row) -> String {
        row.time == target ? "at that second" : "\(DemoText.seconds(target - row.time)) before it"
    }
}
