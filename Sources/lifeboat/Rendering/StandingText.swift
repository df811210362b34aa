import Console
import Model
import Recovery
import StackConfiguration
import Vault

/// What `status` tells of the copies and of the rule that they shall meet.
enum StandingText {
    static func lines(_ report: StatusReport, color: Bool) -> [String] {
        report.copies.flatMap { lines($0, at: report.time, color: color) }
            + lines(report.compliance, isObjective: report.hasObjective, color: color)
    }

    private static func lines(
        _ standing: CopyStanding,
        at now: Instant,
        color: Bool
    ) -> [String] {
        let name = Styled("copy \(standing.copy.name)", .bold).rendered(color: color)
        let head = "\(name) at \(Styled.visible("\(standing.copy.address)"))"
        if let fault = standing.fault {
            let fact =
                !standing.isExpected
                ? Styled("cannot be used: \(fault.message)", .red)
                : standing.isOverdue(at: now)
                    ? Styled("not there, and its turn is overdue\(last(standing))", .red)
                    : Styled("not there, as one that is offline may be\(last(standing))")
            let hints = standing.isExpected ? [] : fault.hints
            return ["\(head): \(fact.rendered(color: color))"]
                + hints.map { "  hint: \(Styled.visible($0))" }
        }
        let late = standing.components.filter { $0.behind > 0 || $0.newest == nil }
        let text =
            late.isEmpty
            ? Styled("up to date", .green)
            : Styled(late.map { behind($0) }.joined(separator: ", "), .yellow)
        let mark = Styled("damage:", .red).rendered(color: color)
        let note = Styled("problem:", .yellow).rendered(color: color)
        var lines = ["\(head): \(text.rendered(color: color))"]
        lines += standing.damage.map { "  \(mark) \(Styled.visible($0))" }
        lines += standing.problems.map { "  \(note) \(Styled.visible($0))" }
        if standing.lacksLock(at: now) {
            lines.append("  \(note) its newest snapshots are not locked; \(standing.lockRemedy)")
        } else if let end = standing.lockedUntil {
            lines.append("  its newest snapshots are locked until \(TimeEcho.text(end))")
        }
        guard let survey = standing.survey else { return lines }
        return lines + SurveyText.lines(survey, at: now, color: color).map { "  \($0)" }
    }

    private static func last(_ standing: CopyStanding) -> String {
        standing.current.map { "; last up to date \(TimeEcho.text($0))" } ?? "; never up to date"
    }

    private static func behind(_ component: CopyStanding.Component) -> String {
        guard component.newest != nil else { return "\(component.name) has no snapshot" }
        let age = component.age.map { ", \(DurationText.text($0))" } ?? ""
        let noun = component.behind == 1 ? "snapshot" : "snapshots"
        return "\(component.name) is \(component.behind) \(noun)\(age) behind"
    }

    private static func lines(
        _ compliance: CopyCompliance,
        isObjective: Bool,
        color: Bool
    ) -> [String] {
        guard !compliance.isMet else {
            return ["\(compliance.rule.rawValue): \(Styled("met", .green).rendered(color: color))"]
        }
        let word = Styled("\(compliance.rule.rawValue) lacks:", isObjective ? .red : .yellow)
        return compliance.lacks.map {
            "\(word.rendered(color: color)) \(Styled.visible("\($0.fact); \($0.remedy)"))"
        }
    }

    static func value(_ standing: CopyStanding, at now: Instant) -> JSONValue {
        .object([
            JSONField("copy", .text(standing.copy.name)),
            JSONField("address", .text("\(standing.copy.address)")),
            JSONField("reachable", .boolean(standing.fault == nil)),
            JSONField("offline", .boolean(standing.copy.isOffline)),
            JSONField("overdue", .boolean(standing.isOverdue(at: now))),
            JSONField("locked_until", standing.lockedUntil.map { .time($0) } ?? .null),
            JSONField("current", standing.current.map { .time($0) } ?? .null),
            JSONField("error", standing.fault.map { .text($0.code.id) } ?? .null),
            JSONField("hints", .array((standing.fault?.hints ?? []).map { .text($0) })),
            JSONField("components", .array(standing.components.map { value($0) })),
            JSONField("damage", .array(standing.damage.map { .text($0) })),
            JSONField("problems", .array(standing.problems.map { .text($0) })),
            JSONField("verification", standing.survey.map { SurveyText.value($0) } ?? .null),
        ])
    }

    private static func value(_ component: CopyStanding.Component) -> JSONValue {
        .object([
            JSONField("component", .text(component.name)),
            JSONField("snapshot", component.newest.map { .text($0.id.description) } ?? .null),
            JSONField("time", component.newest.map { .time($0.head.time) } ?? .null),
            JSONField("snapshots_behind", .integer(Int64(component.behind))),
            JSONField("seconds_behind", component.age.map { .seconds($0) } ?? .null),
            JSONField("log_end", component.log.map { .text($0.text($0.end.value)) } ?? .null),
        ])
    }

    static func value(_ compliance: CopyCompliance) -> JSONValue {
        .object([
            JSONField("rule", .text(compliance.rule.rawValue)),
            JSONField("met", .boolean(compliance.isMet)),
            JSONField(
                "lacks",
                .array(
                    compliance.lacks.map {
                        .object([
                            JSONField("part", .text($0.part.rawValue)),
                            JSONField("fact", .text($0.fact)),
                            JSONField("remedy", .text($0.remedy)),
                        ])
                    }
                )
            ),
        ])
    }
}
