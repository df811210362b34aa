import Console
import Model
import Protection
import Recovery
import StackConfiguration
import SystemIO
import Vault

/// Shows the plan of a restore, and what came of it.
enum RestoreText {
    /// The plan for a person.
    static func lines(_ plan: StackRestorePlan, _ stack: Stack, color: Bool) -> [String] {
        let name = Styled(stack.configuration.stack, .bold).rendered(color: color)
        let point =
            plan.snapshot.map { "snapshot \($0.seq) of \($0.stream.component)" }
            ?? text(plan.target)
        var lines = ["Plan: bring \(name) back to \(point)"]
        if let thing = plan.thing {
            lines = ["Plan: bring back \(Styled.visible(thing)), of \(name) at \(point)"]
        }
        if plan.isRevoked {
            let mark = Styled("not trusted:", .red).rendered(color: color)
            lines.append(
                "  \(mark) a revoked key signed it, or its number is out of place; a thief may have made it"
            )
        }
        if let moment = plan.moment {
            lines.append(
                "  what has no log goes back to \(TimeEcho.text(moment)), the last known moment before that"
            )
        }
        lines += ServiceText.lines(plan.services)
        for step in plan.steps {
            let head = step.plan.snapshot.head
            let title = Styled(step.name, .cyan).rendered(color: color)
            let place = Styled.visible(step.plan.place ?? step.plan.destination.displayed)
            lines.append("  \(title) (\(head.kind.rawValue)) to \(place), \(step.plan.bytes)")
            lines.append(
                "    from snapshot \(step.plan.snapshot.id.seq) of \(TimeEcho.text(head.time))"
            )
            let mark = Styled("damage:", .red).rendered(color: color)
            lines += step.passedOver.map { "    \(mark) \(Styled.visible($0))" }
            lines += step.notes.map { "    note: \(Styled.visible($0))" }
            if let point = step.plan.point {
                lines.append("    comes back as it was at \(TimeEcho.text(point))")
            }
            lines += step.plan.steps.map { "    - \(Styled.visible($0))" }
        }
        return lines + CopyText.places(plan.copies)
    }

    /// What came of it, for a person.
    static func lines(_ summary: RestoreSummary, _ stack: Stack, color: Bool) -> [String] {
        var lines: [String] = []
        for result in summary.results {
            let mark =
                result.fault == nil
                ? Styled("restored", .green).rendered(color: color)
                : Styled("failed", .red).rendered(color: color)
            lines.append("\(result.name): \(mark), \(DurationText.text(result.duration))")
            if let point = result.outcome?.point {
                lines.append("  as it was at \(TimeEcho.text(point))")
            }
            lines += (result.outcome?.lines ?? []).map { "  \(Styled.visible($0))" }
            lines += (result.outcome?.problems ?? []).map { "  problem: \(Styled.visible($0))" }
        }
        lines += ServiceText.lines(summary.services, stack: stack, color: color)
        let mark = Styled("damage:", .red).rendered(color: color)
        lines += summary.passedOver.map { "\(mark) \(Styled.visible($0))" }
        lines += summary.untold.map { "note: \(Styled.visible($0))" }
        let count = summary.results.count { $0.fault == nil }
        lines += CopyText.lines(of: summary.findings, color: color)
        let from = summary.used.isEmpty ? "" : ", read from \(CopyText.names(summary.used))"
        return lines + [
            "\(count) of \(summary.results.count) components came back,"
                + " \(DurationText.text(summary.duration))\(from)"
        ]
    }

    /// The plan as JSON.
    static func fields(_ plan: StackRestorePlan) -> [JSONField] {
        let steps: [JSONValue] = plan.steps.map { step in
            .object([
                JSONField("component", .text(step.name)),
                JSONField("kind", .text(step.component.kind.rawValue)),
                JSONField("snapshot", .text(step.plan.snapshot.id.description)),
                JSONField("snapshot_time", .time(step.plan.snapshot.head.time)),
                JSONField("point", step.plan.point.map { .time($0) } ?? .null),
                JSONField(
                    "timeline",
                    step.plan.facts["timeline"].flatMap { Int64($0) }.map { .integer($0) } ?? .null
                ),
                JSONField(
                    "destination",
                    .text(step.plan.place ?? step.plan.destination.displayed)
                ),
                JSONField("bytes", .bytes(step.plan.bytes)),
                JSONField("passed_over", .array(step.passedOver.map { .text($0) })),
                JSONField("notes", .array(step.notes.map { .text($0) })),
                JSONField("steps", .array(step.plan.steps.map { .text($0) })),
            ])
        }
        return [
            JSONField("target", .text(plain(plan.target))),
            JSONField("thing", plan.thing.map { .text($0) } ?? .null),
            JSONField("revoked", .boolean(plan.isRevoked)),
            JSONField("moment", plan.moment.map { .time($0) } ?? .null),
            JSONField("bytes", .bytes(plan.bytes)),
            JSONField("copies", .array(plan.copies.copies.map { .text($0.name) })),
            JSONField("absent_copies", .array(plan.copies.absent.map { CopyText.value($0) })),
            JSONField("services", ServiceText.value(plan.services)),
            JSONField("components", .array(steps)),
        ]
    }

    /// What came of it, as JSON.
    static func fields(_ summary: RestoreSummary) -> [JSONField] {
        let components: [JSONValue] = summary.results.map { result in
            let outcome = result.outcome
            return .object([
                JSONField("component", .text(result.name)),
                JSONField("kind", .text(result.kind.rawValue)),
                JSONField("point", (outcome?.point).map { .time($0) } ?? .null),
                JSONField("bytes", outcome.map { .bytes($0.bytes) } ?? .null),
                JSONField("lines", .array((outcome?.lines ?? []).map { .text($0) })),
                JSONField("problems", .array((outcome?.problems ?? []).map { .text($0) })),
                JSONField("seconds", .seconds(result.duration)),
                JSONField("error", result.fault.map { .text($0.code.id) } ?? .null),
            ])
        }
        return [
            JSONField("seconds", .seconds(summary.duration)),
            JSONField("exit_code", .integer(Int64(summary.exit.rawValue))),
            JSONField("copies", .array(summary.used.map { .text($0) })),
            JSONField("passed_over", .array(summary.passedOver.map { .text($0) })),
            JSONField("untold", .array(summary.untold.map { .text($0) })),
            JSONField("services", ServiceText.value(summary.services)),
            JSONField("copy_findings", .array(summary.findings.map { CopyText.value($0) })),
            JSONField("components", .array(components)),
        ]
    }

    private static func text(_ target: RecoveryTarget) -> String {
        switch target {
        case .latest: "the newest point there is"
        case .time(let moment): TimeEcho.text(moment)
        case .lsn, .transaction, .mark, .consistent: Styled.visible(target.inLog ?? "")
        }
    }

    private static func plain(_ target: RecoveryTarget) -> String {
        switch target {
        case .latest: "latest"
        case .time(let moment): moment.rfc3339()
        case .lsn(let lsn): "lsn:\(lsn)"
        case .transaction(let number): "xid:\(number)"
        case .mark(let name): "mark:\(name)"
        case .consistent: "immediate"
        }
    }
}
