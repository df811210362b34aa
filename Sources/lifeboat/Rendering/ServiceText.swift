import Console
import Model
import Recovery
import Services
import StackConfiguration

/// Shows what a restore does with services, and what came of it.
enum ServiceText {
    /// The part of a plan, for a person.
    static func lines(_ plan: ServicePlan?) -> [String] {
        guard let plan else { return [] }
        var lines: [String] = []
        let stopped = plan.stopped
        if !stopped.isEmpty {
            lines.append("  stops first: \(list(stopped.reversed()))")
            lines.append("  starts behind it: \(stopped.map(\.name).joined(separator: ", "))")
        }
        lines += stopped.filter(\.isLeft).map { "    \($0.name) was stopped by an earlier restore" }
        let still = plan.items.filter { !$0.isStopped && !$0.parts.isEmpty }
        if !still.isEmpty { lines.append("  stands still, and stays so: \(list(still))") }
        let absent = plan.items.filter { !$0.isLeft && $0.parts.isEmpty }
        if !absent.isEmpty { lines.append("  is not on this host: \(list(absent))") }
        if !plan.others.isEmpty {
            lines.append(
                "  careful: runs on, since `services:` does not name it: \(plan.others.joined(separator: ", "))"
            )
        }
        return lines.map { Styled.visible($0) }
    }

    /// What came of it, for a person.
    static func lines(_ ending: ServiceKeeper.Ending?, stack: Stack, color: Bool) -> [String] {
        guard let ending else { return [] }
        let mark = Styled("services:", .red).rendered(color: color)
        var lines = ending.failures.map { "\(mark) \(Styled.visible($0.message))" }
        lines += ending.failures.flatMap(\.hints).map { "  hint: \(Styled.visible($0))" }
        if !ending.stopped.isEmpty {
            let names = Styled.visible(ending.stopped.joined(separator: ", "))
            lines.append(
                "\(mark) \(names) stay stopped; what they may use did not come back whole,"
            )
            lines.append(
                "  or they did not start. Restore again, or start them as they are: lifeboat services \(stack.configuration.stack) --put-back"
            )
        }
        return lines
    }

    /// The part of a plan, as JSON.
    static func value(_ plan: ServicePlan?) -> JSONValue {
        guard let plan else { return .null }
        return .object([
            JSONField(
                "stops",
                .array(plan.stopped.reversed().map { .text($0.name) })
            ),
            JSONField(
                "stands_still",
                .array(plan.items.filter { !$0.isStopped }.map { .text($0.name) })
            ),
            JSONField("runs_on", .array(plan.others.map { .text($0) })),
        ])
    }

    /// What came of it, as JSON.
    static func value(_ ending: ServiceKeeper.Ending?) -> JSONValue {
        guard let ending else { return .null }
        return .object([
            JSONField("stopped", .array(ending.stopped.map { .text($0) })),
            JSONField("errors", .array(ending.failures.map { .text($0.code.id) })),
        ])
    }

    /// Names and titles; where there are several parts, also those that run.
    private static func list(_ items: some Sequence<ServicePlan.Item>) -> String {
        let texts = items.map { item in
            let running = item.parts.filter(\.isRunning).map(\.name)
            let parts =
                item.parts.count > 1 && !running.isEmpty
                ? ": " + running.joined(separator: ", ") : ""
            return "\(item.name) (\(item.title)\(parts))"
        }
        return texts.joined(separator: ", ")
    }
}
