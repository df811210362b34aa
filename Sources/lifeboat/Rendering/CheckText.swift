import Console
import Model
import Recovery
import Vault

/// What `check` tells of a vault.
enum CheckText {
    static func lines(_ report: CheckReport, color: Bool) -> [String] {
        let mark = Styled("damage:", .red).rendered(color: color)
        let damage = report.damage.map {
            "\(mark) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        let foreign = report.foreign.map { "not ours: \(Styled.visible($0))" }
        var others: [String] = []
        if report.omitted > 0 { others.append("and \(report.omitted) more that are not listed") }
        if report.unreferenced > 0 {
            others.append("\(report.unreferenced) packs are left of backups that did not end")
        }
        return damage + foreign + others + [summary(report, color: color)]
    }

    private static func summary(_ report: CheckReport, color: Bool) -> String {
        let state =
            report.damage.isEmpty
            ? Styled("no damage", .green)
            : Styled("\(report.damage.count) findings", .red)
        let reach =
            switch report.depth {
            case .listing: ", names and heads only"
            case .hashes: report.isWhole ? "" : "; the next check goes on from here"
            case .deep: ", \(report.files) files decoded"
            }
        return "\(state.rendered(color: color)): \(report.objects) objects, \(report.bytes),"
            + " \(report.snapshots) snapshots\(reach)"
    }

    static func fields(_ report: CheckReport) -> [JSONField] {
        [
            JSONField("depth", .text(report.depth.rawValue)),
            JSONField("whole", .boolean(report.isWhole)),
            JSONField("objects", .integer(Int64(report.objects))),
            JSONField("bytes", .bytes(report.bytes)),
            JSONField("snapshots", .integer(Int64(report.snapshots))),
            JSONField("files", .integer(Int64(report.files))),
            JSONField("damage", .array(report.damage.map { finding($0) })),
            JSONField("foreign", .array(report.foreign.map { .text($0) })),
            JSONField("omitted", .integer(Int64(report.omitted))),
            JSONField("unreferenced_packs", .integer(Int64(report.unreferenced))),
            JSONField("remembered", .array(report.documents.map { .text($0) })),
            JSONField("unremembered", report.unremembered.map { .text($0.message) } ?? .null),
            JSONField("exit_code", .integer(Int64(report.exit.rawValue))),
        ]
    }

    static func finding(_ finding: CheckReport.Finding) -> JSONValue {
        .object([
            JSONField("object", .text(finding.object)), JSONField("fact", .text(finding.fact)),
        ])
    }
}
