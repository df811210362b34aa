import Console
import Model
import Recovery
import StackConfiguration
import Vault

/// How the copies stand after a backup, for people and for programs.
enum BackedUpCopyText {
    /// A table with a row a copy; nothing for an only copy that took the backup.
    static func lines(_ copies: [BackedUpCopy], color: Bool) -> [String] {
        guard copies.count > 1 || copies.contains(where: { $0.fault != nil }) else { return [] }
        var table = Table([.init("copy"), .init("result")])
        for copy in copies { table.add([Styled(copy.name, .cyan), outcome(copy)]) }
        return table.lines(color: color)
    }

    private static func outcome(_ copy: BackedUpCopy) -> Styled {
        switch copy.outcome {
        case .written: Styled("written", .green)
        case .updated(let report): Styled("up to date, \(report.bytes) copied", .green)
        case .waits(let time): Styled("its turn comes \(TimeEcho.text(time))")
        case .behind: Styled("behind", .red)
        }
    }

    /// The same as a value.
    static func value(_ copy: BackedUpCopy) -> JSONValue {
        var report: ReplicationReport?
        if case .updated(let value) = copy.outcome { report = value }
        return .object([
            JSONField("copy", .text(copy.name)),
            JSONField("address", .text("\(copy.configuration.address)")),
            JSONField("state", .text(state(copy.outcome))),
            JSONField("bytes_copied", report.map { .bytes($0.bytes) } ?? .null),
            JSONField("error", copy.fault.map { .text($0.code.id) } ?? .null),
            JSONField("reason", copy.fault.map { .text($0.message) } ?? .null),
        ])
    }

    private static func state(_ outcome: BackedUpCopy.Outcome) -> String {
        switch outcome {
        case .written: "written"
        case .updated: "up-to-date"
        case .waits: "waits"
        case .behind: "behind"
        }
    }
}
