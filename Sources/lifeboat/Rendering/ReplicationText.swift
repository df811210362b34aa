import Console
import Model
import Recovery
import StackConfiguration
import Vault

/// Shows what `copy` did, or would do.
enum ReplicationText {
    private static let largestList = 10

    static func lines(_ summary: CopySummary, color: Bool) -> [String] {
        summary.endings.flatMap { lines($0, color: color) }
    }

    private static func lines(_ ending: CopyEnding, color: Bool) -> [String] {
        let name = Styled(ending.copy.name, .cyan).rendered(color: color)
        let made = ending.isNew ? "made at \(ending.copy.address), " : ""
        switch ending.outcome {
        case .failed:
            let fact = ending.isExpected ? "not there, as one that is offline may be" : "failed"
            return [
                "\(name): \(Styled(fact, ending.isExpected ? .plain : .red).rendered(color: color))"
            ]
        case .previewed(let preview):
            let would = ending.isNew ? "would be made at \(ending.copy.address), " : ""
            let text =
                preview.isEmpty
                ? "up to date"
                : "\(preview.snapshots.count) snapshots, \(preview.packs) packs and "
                    + "\(preview.logPieces) pieces of log would be copied, \(preview.bytes) and the log"
            return ["\(name): \(would)\(text)"] + findings(preview.damage, "damage:", .red, color)
        case .copied(let report):
            let state =
                report.isComplete
                ? Styled("up to date", .green) : Styled("not everything was copied", .yellow)
            return [
                "\(name): \(made)\(state.rendered(color: color)); \(report.snapshots.count) snapshots,"
                    + " \(report.packs) packs, \(report.logPieces) pieces of log, \(report.bytes) copied"
            ] + report.mended.map { "mended: \($0), it was damaged in \(ending.copy.name)" }
                + findings(report.damage, "damage:", .red, color)
                + findings(report.waiting, "waits:", .yellow, color)
                + (report.revoked > 0
                    ? ["\(report.revoked) objects were left out: a revoked key signed them"] : [])
                + (report.misplaced > 0
                    ? [
                        "\(report.misplaced) objects were left out: they are others under another name; see lifeboat check"
                    ] : [])
        }
    }

    private static func findings(
        _ findings: [ReplicationReport.Finding],
        _ word: String,
        _ style: Style,
        _ color: Bool
    ) -> [String] {
        let mark = Styled(word, style).rendered(color: color)
        let lines = findings.prefix(largestList).map {
            "\(mark) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        let rest = findings.count - largestList
        return lines + (rest > 0 ? ["and \(rest) more"] : [])
    }

    static func fields(_ summary: CopySummary) -> [JSONField] {
        [
            JSONField("exit_code", .integer(Int64(summary.exit.rawValue))),
            JSONField("copies", .array(summary.endings.map { .object(fields($0)) })),
        ]
    }

    private static func fields(_ ending: CopyEnding) -> [JSONField] {
        var fields = [
            JSONField("copy", .text(ending.copy.name)),
            JSONField("address", .text("\(ending.copy.address)")),
            JSONField("made", .boolean(ending.isNew)),
            JSONField("error", ending.fault.map { .text($0.code.id) } ?? .null),
        ]
        switch ending.outcome {
        case .failed: break
        case .previewed(let preview):
            fields += [
                JSONField("dry_run", true),
                JSONField("snapshots", .integer(Int64(preview.snapshots.count))),
                JSONField("packs", .integer(Int64(preview.packs))),
                JSONField("log_pieces", .integer(Int64(preview.logPieces))),
                JSONField("bytes", .bytes(preview.bytes)),
                JSONField("damage", .array(preview.damage.map { value($0) })),
            ]
        case .copied(let report):
            fields += [
                JSONField("complete", .boolean(report.isComplete)),
                JSONField("snapshots", .array(report.snapshots.map { .text($0.description) })),
                JSONField("packs", .integer(Int64(report.packs))),
                JSONField("log_pieces", .integer(Int64(report.logPieces))),
                JSONField("documents", .integer(Int64(report.documents))),
                JSONField("bytes", .bytes(report.bytes)),
                JSONField("mended", .array(report.mended.map { .text($0) })),
                JSONField("damage", .array(report.damage.map { value($0) })),
                JSONField("left_out_revoked", .integer(Int64(report.revoked))),
                JSONField("left_out_misplaced", .integer(Int64(report.misplaced))),
                JSONField("waiting", .array(report.waiting.map { value($0) })),
            ]
        }
        return fields
    }

    private static func value(_ finding: ReplicationReport.Finding) -> JSONValue {
        .object([
            JSONField("object", .text(finding.object)), JSONField("fact", .text(finding.fact)),
        ])
    }
}
