import Console
import Model
import StackConfiguration
import Vault

/// What `lifeboat prune` shows.
enum PruneText {
    /// The plan: a decision for each snapshot, then the log and the space.
    static func lines(
        _ plan: CollectionPlan,
        _ copy: CopyConfiguration,
        color: Bool
    ) -> [String] {
        var table = Table([
            .init("component"), .init(number: "no"), .init("time"), .init(number: "source"),
            .init("decision"),
        ])
        for item in plan.snapshots {
            table.add([
                Styled(item.id.stream.component, .cyan), Styled("\(item.id.seq)"),
                Styled(TimeEcho.text(item.time)), Styled("\(ByteCount(item.sourceBytes))"),
                Styled(words(item), item.decision.isKept ? .green : .yellow),
            ])
        }
        let log = plan.log.flatMap { log in
            [
                "log of \(log.stream.component): \(log.fact)",
                "  \(text(log.kept)) stay, \(text(log.past)) are past,"
                    + " \(text(log.covered)) lie in longer ones",
            ]
        }
        let waiting =
            plan.waiting.objects == 0
            ? []
            : [
                "\(text(plan.waiting)) in packs that no snapshot names wait:"
                    + " a backup may be storing them now"
            ]
        return ["copy \(copy.name)"] + (plan.snapshots.isEmpty ? [] : table.lines(color: color))
            + log + ["\(text(plan.packs)) in packs may go"] + waiting
            + plan.notes.map { "note: \(Styled.visible($0))" }
    }

    private static func words(_ item: CollectionPlan.Item) -> String {
        let due = item.due.map { "; marked, may be deleted from \(TimeEcho.text($0))" } ?? ""
        return Styled.visible(item.decision.description) + due
    }

    private static func text(_ amount: CollectionPlan.Amount) -> String {
        "\(amount.objects) (\(ByteCount(amount.bytes)))"
    }

    /// What a run did.
    static func lines(_ report: CollectionReport) -> [String] {
        let swept = report.swept
        var lines: [String] = []
        if !swept.tombstones.isEmpty {
            lines.append(
                "deleted: \(swept.forgotten.count) snapshots, \(swept.packs) packs,"
                    + " \(swept.log) pieces of log; \(ByteCount(swept.bytes)) are free"
            )
        }
        if swept.sparedCount > 0 {
            lines.append("spared: \(swept.sparedCount), which something needs now")
        }
        if swept.lockedCount > 0 {
            lines.append("kept: \(swept.lockedCount), which the store does not let go yet")
        }
        if let due = report.due {
            lines.append(
                "marked: \(report.markedSnapshots) snapshots, \(text(report.markedPacks)) packs,"
                    + " \(text(report.markedLog)) pieces of log;"
                    + " run it again after \(TimeEcho.text(due)) to delete them"
            )
        }
        if let locks = report.locks, locks.prolonged > 0 {
            lines.append("locked for longer: \(locks.prolonged) of \(locks.needed) objects")
        }
        if report.leftovers > 0 {
            lines.append("cleared away: what \(report.leftovers) interrupted uploads left")
        }
        return lines.isEmpty ? ["there is nothing to do"] : lines
    }

    /// The plan as JSON.
    static func fields(_ plan: CollectionPlan, _ copy: CopyConfiguration) -> [JSONField] {
        let snapshots: [JSONValue] = plan.snapshots.map { item in
            .object([
                JSONField("snapshot", .text(item.id.description)),
                JSONField("component", .text(item.id.stream.component)),
                JSONField("number", .integer(Int64(clamping: item.id.seq))),
                JSONField("time", .time(item.time)),
                JSONField("bytes_source", .integer(item.sourceBytes)),
                JSONField("kept", .boolean(item.decision.isKept)),
                JSONField(
                    "reasons",
                    .array(item.decision.reasons.map { .text($0.description) })
                ),
                JSONField("deletable_from", item.due.map { .time($0) } ?? .null),
            ])
        }
        let log: [JSONValue] = plan.log.map { log in
            .object([
                JSONField("component", .text(log.stream.component)),
                JSONField("fact", .text(log.fact)), JSONField("kept", value(log.kept)),
                JSONField("past", value(log.past)), JSONField("covered", value(log.covered)),
            ])
        }
        return [
            JSONField("copy", .text(copy.name)), JSONField("time", .time(plan.time)),
            JSONField("snapshots", .array(snapshots)), JSONField("log", .array(log)),
            JSONField("packs", value(plan.packs)), JSONField("packs_waiting", value(plan.waiting)),
            JSONField("notes", .array(plan.notes.map { .text($0) })),
        ]
    }

    /// What a run did, as JSON.
    static func fields(_ report: CollectionReport) -> [JSONField] {
        let swept = report.swept
        return [
            JSONField("deleted_snapshots", .array(swept.forgotten.map { .text($0) })),
            JSONField("deleted_packs", .integer(Int64(swept.packs))),
            JSONField("deleted_log_pieces", .integer(Int64(swept.log))),
            JSONField("freed_bytes", .integer(swept.bytes)),
            JSONField("spared", .integer(Int64(swept.sparedCount))),
            JSONField("locked", .array(swept.locked.map { .text($0) })),
            JSONField("marked_snapshots", .integer(Int64(report.markedSnapshots))),
            JSONField("marked_packs", value(report.markedPacks)),
            JSONField("marked_log", value(report.markedLog)),
            JSONField("deletable_from", report.due.map { .time($0) } ?? .null),
            JSONField(
                "locks_prolonged",
                report.locks.map { .integer(Int64($0.prolonged)) } ?? .null
            ),
            JSONField("leftovers", .integer(Int64(report.leftovers))),
            JSONField("findings", .array(report.findings.map { .text($0.message) })),
        ]
    }

    private static func value(_ amount: CollectionPlan.Amount) -> JSONValue {
        .object([
            JSONField("objects", .integer(Int64(amount.objects))),
            JSONField("bytes", .integer(amount.bytes)),
        ])
    }
}
