import Console
import Model
import Recovery
import StackConfiguration
import Vault

/// What `check` tells of the copies.
enum CheckText {
    static func lines(_ check: StackCheck, color: Bool) -> [String] {
        let isAlone = check.copies.count + check.failures.count + check.absent.count == 1
        let copies = check.copies.flatMap { one in
            (isAlone ? [] : [heading(one.copy, color: color)])
                + lines(one, canMend: !isAlone || one.keepsVersions, color: color)
        }
        let failures = check.failures.map {
            "copy \($0.copy.name): the check ended before its time"
        }
        return copies + failures + check.absent.map { Styled.visible(CopyText.line($0)) }
    }

    private static func heading(_ copy: CopyConfiguration, color: Bool) -> String {
        let name = Styled("copy \(copy.name)", .bold).rendered(color: color)
        return "\(name) at \(Styled.visible("\(copy.address)"))"
    }

    private static func lines(_ check: CopyCheck, canMend: Bool, color: Bool) -> [String] {
        let lines = lines(check.report, color: color)
        guard !check.mendings.isEmpty else {
            let place = check.keepsVersions ? "" : " from another copy"
            let mend = "Mend it\(place): lifeboat check --copy \(check.copy.name) --repair"
            let isWhole = check.left.isEmpty && check.report.holes.isEmpty
            return lines + (isWhole || !canMend ? [] : [mend])
        }
        let mendings = check.mendings.map { mending in
            let object = Styled.visible(mending.object)
            if mending.isOlderVersion {
                return "mended: \(object), from an older version: it was overwritten or deleted"
            }
            if let source = mending.source { return "mended: \(object), from copy \(source)" }
            guard let fault = mending.fault else { return "whole: \(object) itself" }
            return "not mended: \(Styled.visible(fault.message))"
        }
        let left = check.left.map {
            "left: \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        // What another copy holds is no damage here, also when it could not be brought.
        guard !left.isEmpty || check.mendings.allSatisfy({ $0.fault == nil }) else {
            return lines + mendings
        }
        return lines + mendings + left
            + [
                left.isEmpty
                    ? Styled("everything was mended and verified", .green).rendered(color: color)
                    : Styled(
                        left.count == 1 ? "1 finding is left" : "\(left.count) findings are left",
                        .red
                    ).rendered(color: color)
            ]
    }

    private static func lines(_ report: CheckReport, color: Bool) -> [String] {
        let mark = Styled("damage:", .red).rendered(color: color)
        let damage = report.damage.map {
            "\(mark) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        let doubt = Styled("not trusted:", .yellow).rendered(color: color)
        let distrusted = report.distrusted.map {
            "\(doubt) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        let lacks = Styled("lacks:", .yellow).rendered(color: color)
        let lacking = report.holes.filter { !$0.isDamage }.map {
            "\(lacks) \(Styled.visible($0.object)): \(Styled.visible($0.fact))"
        }
        let foreign = report.foreign.map { "not ours: \(Styled.visible($0))" }
        var others: [String] = []
        if report.omitted > 0 { others.append("and \(report.omitted) more that are not listed") }
        if report.unreferenced > 0 {
            others.append("\(report.unreferenced) packs are left of backups that did not end")
        }
        return damage + distrusted + lacking + foreign + others + [summary(report, color: color)]
    }

    private static func summary(_ report: CheckReport, color: Bool) -> String {
        let state =
            report.damage.isEmpty
            ? Styled("no damage", .green)
            : Styled(
                report.damage.count == 1 ? "1 finding" : "\(report.damage.count) findings",
                .red
            )
        let reach =
            switch report.depth {
            case .listing: ", names and heads only"
            case .hashes: report.isWhole ? "" : "; the next check goes on from here"
            case .deep: ", \(report.files) files decoded"
            }
        return "\(state.rendered(color: color)): \(report.objects) objects, \(report.bytes),"
            + " \(report.snapshots) snapshots\(reach)"
    }

    static func fields(_ check: StackCheck) -> [JSONField] {
        let copies: [JSONValue] = check.copies.map { one in
            .object(
                [
                    JSONField("copy", .text(one.copy.name)),
                    JSONField("address", .text("\(one.copy.address)")),
                ] + fields(one.report) + [
                    JSONField("mendings", .array(one.mendings.map { value($0) })),
                    JSONField("left", .array(one.left.map { finding($0) })),
                ]
            )
        }
        let failures: [JSONValue] = check.failures.map { failure in
            .object([
                JSONField("copy", .text(failure.copy.name)),
                JSONField("error", .text(failure.fault.code.id)),
                JSONField("message", .text(failure.fault.message)),
            ])
        }
        return [
            JSONField("exit_code", .integer(Int64(check.exit.rawValue))),
            JSONField("copies", .array(copies)), JSONField("failures", .array(failures)),
            JSONField("absent_copies", .array(check.absent.map { CopyText.value($0) })),
        ]
    }

    private static func value(_ mending: Mending) -> JSONValue {
        .object([
            JSONField("object", .text(mending.object)), JSONField("fact", .text(mending.fact)),
            JSONField("from", mending.source.map { .text($0) } ?? .null),
            JSONField("older_version", .boolean(mending.isOlderVersion)),
            JSONField("error", mending.fault.map { .text($0.message) } ?? .null),
        ])
    }

    private static func fields(_ report: CheckReport) -> [JSONField] {
        [
            JSONField("depth", .text(report.depth.rawValue)),
            JSONField("whole", .boolean(report.isWhole)),
            JSONField("objects", .integer(Int64(report.objects))),
            JSONField("bytes", .bytes(report.bytes)),
            JSONField("snapshots", .integer(Int64(report.snapshots))),
            JSONField("files", .integer(Int64(report.files))),
            JSONField("damage", .array(report.damage.map { finding($0) })),
            JSONField("distrusted", .array(report.distrusted.map { finding($0) })),
            JSONField("lacking", .array(report.holes.filter { !$0.isDamage }.map { hole($0) })),
            JSONField("foreign", .array(report.foreign.map { .text($0) })),
            JSONField("omitted", .integer(Int64(report.omitted))),
            JSONField("unreferenced_packs", .integer(Int64(report.unreferenced))),
            JSONField("remembered", .array(report.documents.map { .text($0) })),
            JSONField("unremembered", report.unremembered.map { .text($0.message) } ?? .null),
        ]
    }

    private static func hole(_ hole: LogHole) -> JSONValue {
        .object([JSONField("object", .text(hole.object)), JSONField("fact", .text(hole.fact))])
    }

    static func finding(_ finding: CheckReport.Finding) -> JSONValue {
        .object([
            JSONField("object", .text(finding.object)), JSONField("fact", .text(finding.fact)),
        ])
    }
}
