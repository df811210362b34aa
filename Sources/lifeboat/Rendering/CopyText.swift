import Console
import Model
import Recovery
import StackConfiguration
import Vault

/// What verbs tell of the copies that they used.
enum CopyText {
    private static let largestList = 10

    /// Where a plan will read from.
    static func places(_ copies: UnitedCopies) -> [String] {
        let names = copies.copies.map { "\($0.name) (\($0.configuration.address))" }
        guard let first = names.first else { return [] }
        let rest = names.dropFirst()
        let others = rest.isEmpty ? "" : ", what it lacks from \(rest.joined(separator: ", "))"
        return ["  read from \(Styled.visible(first + others))"]
            + copies.absent.map { "  \(Styled.visible(line($0)))" }
    }

    /// That a copy is not there.
    static func line(_ copy: AbsentCopy) -> String {
        copy.isExpected
            ? "copy \(copy.name) is not there, as one that is offline may be"
            : "copy \(copy.name) cannot be used: \(copy.fault.message)"
    }

    /// `copy a`, `copies a, b`.
    static func names(_ names: [String]) -> String {
        (names.count == 1 ? "copy " : "copies ") + names.joined(separator: ", ")
    }

    /// What was met in copies, and the command that mends it.
    static func lines(of findings: [CopyFinding], color: Bool) -> [String] {
        let mark = Styled("damage:", .red).rendered(color: color)
        var lines = findings.prefix(largestList).map {
            "\(mark) copy \($0.copy): \(Styled.visible($0.fact)); it came from "
                + ($0.hasOlder ? "an older version there" : "another copy")
        }
        if findings.count > largestList {
            lines.append("and \(findings.count - largestList) more of this kind")
        }
        let copies = Set(findings.map(\.copy)).sorted()
        return lines + copies.map { "Mend it: lifeboat check --copy \($0) --repair" }
    }

    /// The faults of a copy that is not there, as JSON.
    static func value(_ copy: AbsentCopy) -> JSONValue {
        .object([
            JSONField("copy", .text(copy.name)), JSONField("error", .text(copy.fault.code.id)),
            JSONField("message", .text(copy.fault.message)),
            JSONField("offline", .boolean(copy.configuration.isOffline)),
        ])
    }

    /// A finding, as JSON.
    static func value(_ finding: CopyFinding) -> JSONValue {
        .object([
            JSONField("copy", .text(finding.copy)), JSONField("object", .text(finding.object)),
            JSONField("fact", .text(finding.fact)),
            JSONField("older_version", .boolean(finding.hasOlder)),
        ])
    }
}
