import ArgumentParser
import Console
import Model
import PostgresProtection
import Protection
import Recovery
import StackConfiguration
import Vault

/// `lifeboat status`.
struct StatusVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows what could be brought back if the stack were lost now.",
        discussion: """
            Lists each copy, reads the newest snapshots and what earlier checks found; `check` is what reads every byte. PostgreSQL
            and Redis are asked who follows them.
            Ends with 5 when something is damaged, with 13 when a copy that is not `offline` cannot be used, with 4 when a component has no snapshot or its log does not lead on from
            it, `objectives.copies` is not met or the recovery kit was not tested in time.
            """
    )

    @OptionGroup var about: SubjectArgument
    @OptionGroup var global: GlobalOptions

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let stack = try ConfigurationFile.stack(global, subject: about.value, screen)
        let report = try await StatusReport.read(stack, about.value.names)
        try screen.result(Self.lines(report, stack, color: screen.hasColor))
        try screen.json("status", Self.fields(report, stack))
        return report.exit
    }

    private static func lines(_ report: StatusReport, _ stack: Stack, color: Bool) -> [String] {
        var table = Table([
            .init("component"), .init("kind"), .init("last good"), .init(number: "age"),
            .init(number: "size"), .init("recoverable to"), .init("problems"),
        ])
        for one in report.components {
            let head = one.newest?.head
            table.add([
                Styled(one.name, .cyan), Styled(one.kind.rawValue),
                head.map { Styled(TimeEcho.text($0.time)) } ?? Styled("never", .red),
                Styled(head.map { DurationText.text(report.time - $0.time) } ?? "-"),
                Styled(head.map { "\(ByteCount($0.sizes.source))" } ?? "-"),
                Styled(one.recoverableTo.map { TimeEcho.text($0) } ?? "-"),
                Styled(
                    (one.damage + one.problems).joined(separator: "; "),
                    one.damage.isEmpty ? .yellow : .red
                ),
            ])
        }
        let configuration = stack.configuration
        let name = "\(configuration.stack) (\(configuration.environment))"
        let state =
            switch report.exit {
            case .success: Styled("every component has a snapshot", .green)
            case _
            where report.components.contains { $0.hasDamagedPages } && report.exit != .damaged:
                Styled("a newest base backup has damaged pages", .red)
            case .damaged: Styled("something is damaged; see `lifeboat check`", .red)
            case .copyUnreachable: Styled("not every copy is there", .red)
            default:
                report.components.contains { $0.newest == nil || $0.isLogBroken }
                    ? Styled("not everything can be brought back", .red)
                    : Styled("every component has a snapshot", .green)
            }
        return ["\(name): \(state.rendered(color: color))"]
            + problemLines(report, color: color) + table.lines(color: color)
            + followers(report) + ["vault \(report.vault.id.short)"]
            + StandingText.lines(report, color: color)
            + [provenLine(report), kitLine(report.kit).rendered(color: color)]
    }

    private static func problemLines(_ report: StatusReport, color: Bool) -> [String] {
        let mark = Styled("problem:", .yellow).rendered(color: color)
        return report.problems.flatMap { fault in
            ["\(mark) \(Styled.visible(fault.message))"]
                + fault.hints.map { "  hint: \(Styled.visible($0))" }
        }
    }

    private static func provenLine(_ report: StatusReport) -> String {
        let facts = report.components.map { one in
            "\(one.name) \(one.proven.map { TimeEcho.text($0) } ?? "never")"
        }
        return "last brought back whole: \(facts.joined(separator: ", "))"
    }

    /// The servers that follow a component's, a line each.
    private static func followers(_ report: StatusReport) -> [String] {
        report.components.flatMap { one in
            (one.followers ?? []).map { Styled.visible("\(one.name): \($0.text)") }
        }
    }

    private static func value(_ follower: ServerFollower) -> JSONValue {
        .object([
            JSONField("name", follower.name.map { .text($0) } ?? .null),
            JSONField("streaming", .boolean(follower.isConnected)),
            JSONField("lag_bytes", follower.lag.map { .bytes($0) } ?? .null),
            JSONField("lag_seconds", follower.delay.map { .seconds($0) } ?? .null),
        ])
    }

    private static func kitLine(_ kit: KitStanding) -> Styled {
        let tested = kit.tested.map { "tested \(TimeEcho.text($0))" } ?? "never tested"
        guard kit.isOverdue else { return Styled("recovery kit: \(tested)") }
        return Styled(
            "recovery kit: \(tested), which is too long ago: lifeboat key kit --test FILE",
            .yellow
        )
    }

    private static func fields(_ report: StatusReport, _ stack: Stack) -> [JSONField] {
        let components: [JSONValue] = report.components.map { one in
            let head = one.newest?.head
            return .object([
                JSONField("component", .text(one.name)),
                JSONField("kind", .text(one.kind.rawValue)),
                JSONField("last_good", head.map { .time($0.time) } ?? .null),
                JSONField(
                    "age_seconds",
                    head.map { .seconds(report.time - $0.time) } ?? .null
                ),
                JSONField("bytes_source", head.map { .integer($0.sizes.source) } ?? .null),
                JSONField("recoverable_to", one.recoverableTo.map { .time($0) } ?? .null),
                JSONField("proven", one.proven.map { .time($0) } ?? .null),
                JSONField("log_end", one.standing.map { .text($0.endText) } ?? .null),
                JSONField("log_whole", one.standing.map { .boolean($0.isWhole) } ?? .null),
                JSONField("followers", one.followers.map { .array($0.map { value($0) }) } ?? .null),
                JSONField("damage", .array(one.damage.map { .text($0) })),
                JSONField("problems", .array(one.problems.map { .text($0) })),
            ])
        }
        return [
            JSONField("stack", .text(stack.configuration.stack)),
            JSONField("environment", .text(stack.configuration.environment)),
            JSONField("vault", .text(report.vault.id.description)),
            JSONField("time", .time(report.time)),
            JSONField("exit_code", .integer(Int64(report.exit.rawValue))),
            JSONField("components", .array(components)),
            JSONField(
                "copies",
                .array(report.copies.map { StandingText.value($0, at: report.time) })
            ),
            JSONField("rule", StandingText.value(report.compliance)),
            JSONField("problems", .array(report.problems.map { .text($0.message) })),
            JSONField("hints", .array(report.problems.flatMap(\.hints).map { .text($0) })),
            JSONField("kit_tested", report.kit.tested.map { .time($0) } ?? .null),
            JSONField("kit_test_due", report.kit.due.map { .time($0) } ?? .null),
            JSONField("kit_test_overdue", .boolean(report.kit.isOverdue)),
        ]
    }
}
