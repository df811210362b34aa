import Console
import FileProtection
import Model
import Recovery
import SystemIO
import SystemPackage
import Vault

/// Shows what snapshots hold, and how they differ.
enum ContentText {
    /// Which snapshot it is.
    static func title(_ tree: SnapshotTree) -> String {
        let head = tree.snapshot.head
        let commit = head.facts["commit"].map { ", commit \($0.prefix(12))" } ?? ""
        return "snapshot \(tree.snapshot.id.seq) of \(TimeEcho.text(head.time))\(commit)"
    }

    /// An entry as `ls -l` has it.
    static func line(_ entry: ManifestEntry) -> String {
        let owner = entry.ownerName.isEmpty ? "\(entry.owner)" : entry.ownerName
        let group = entry.groupName.isEmpty ? "\(entry.group)" : entry.groupName
        let size = entry.kind == .file ? "\(ByteCount(entry.size))" : "-"
        let time = entry.modified.rfc3339(digits: 0)
        let mark = entry.changedWhileRead ? "  (changed while it was read)" : ""
        let text =
            "\(mode(entry)) \(padded("\(owner):\(group)", 17)) \(right(size, 9)) \(time) \(path(entry))\(target(entry))\(mark)"
        return Styled.visible(text)
    }

    /// One difference.
    static func line(_ change: ContentChange, color: Bool) -> String {
        guard let entry = change.entry else { return "" }
        let (sign, style): (String, Style) =
            switch change.kind {
            case .added: ("+", .green)
            case .removed: ("-", .red)
            case .changed: ("M", .yellow)
            case .replaced: ("T", .yellow)
            case .touched: ("U", .dim)
            }
        let mark = Styled(sign, style).rendered(color: color)
        return "\(mark) \(Styled.visible(path(entry)))\(Styled.visible(sizes(change)))"
    }

    /// How many differences of each kind there are.
    static func summary(_ counts: [ContentChange.Kind: Int]) -> String {
        guard !counts.isEmpty else { return "nothing differs" }
        let words: [(ContentChange.Kind, String)] = [
            (.added, "added"), (.removed, "removed"), (.changed, "changed"),
            (.replaced, "of another kind"), (.touched, "with other attributes"),
        ]
        return words.compactMap { kind, word in counts[kind].map { "\($0) \(word)" } }
            .joined(separator: ", ")
    }

    /// An entry for programs.
    static func fields(_ entry: ManifestEntry, of snapshot: Snapshot) -> [JSONField] {
        [
            JSONField("snapshot", .text(snapshot.id.description)),
            JSONField("path", .text(path(entry))),
            JSONField("path_bytes", .text(Hexadecimal.encode(entry.path))),
            JSONField("kind", .text("\(entry.kind)")),
            JSONField("mode", .integer(Int64(entry.mode))),
            JSONField("owner", .integer(Int64(entry.owner))),
            JSONField("group", .integer(Int64(entry.group))),
            JSONField("owner_name", entry.ownerName.isEmpty ? .null : .text(entry.ownerName)),
            JSONField("group_name", entry.groupName.isEmpty ? .null : .text(entry.groupName)),
            JSONField("bytes", .integer(entry.size)), JSONField("modified", .time(entry.modified)),
            JSONField("attributes", .integer(Int64(entry.attributes.count))),
            JSONField(
                "target",
                entry.target.isEmpty ? .null : .text(FilePath(bytes: entry.target).displayed)
            ), JSONField("changed_while_read", .boolean(entry.changedWhileRead)),
        ]
    }

    /// A difference for programs.
    static func fields(_ change: ContentChange, _ patch: [String]?) -> [JSONField] {
        [
            JSONField("change", .text(change.kind.rawValue)),
            JSONField("path", .text(change.entry.map { path($0) } ?? "")),
            JSONField("path_bytes", .text(Hexadecimal.encode(change.entry?.path ?? []))),
            JSONField("bytes_before", change.before.map { .integer($0.size) } ?? .null),
            JSONField("bytes_after", change.after.map { .integer($0.size) } ?? .null),
            JSONField("patch", patch.map { .text($0.joined(separator: "\n")) } ?? .null),
        ]
    }

    private static func sizes(_ change: ContentChange) -> String {
        guard change.kind == .changed, let before = change.before, let after = change.after,
            after.kind == .file
        else { return "" }
        return "  \(ByteCount(before.size)) -> \(ByteCount(after.size))"
    }

    private static func path(_ entry: ManifestEntry) -> String { "/\(entry.displayedPath)" }

    private static func target(_ entry: ManifestEntry) -> String {
        switch entry.kind {
        case .symbolicLink: " -> \(FilePath(bytes: entry.target).displayed)"
        case .hardLink: " = /\(FilePath(bytes: entry.target).displayed)"
        default: ""
        }
    }

    private static func mode(_ entry: ManifestEntry) -> String {
        let letter =
            switch entry.kind {
            case .file, .hardLink: "-"
            case .directory: "d"
            case .symbolicLink: "l"
            case .fifo: "p"
            case .socket: "s"
            case .characterDevice: "c"
            case .blockDevice: "b"
            }
        var text = letter
        for (shift, special, mark) in [(6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")] {
            let bits = Int(entry.mode) >> shift
            text += bits & 4 != 0 ? "r" : "-"
            text += bits & 2 != 0 ? "w" : "-"
            let isRun = bits & 1 != 0
            text +=
                Int(entry.mode) & special != 0
                ? (isRun ? mark : mark.uppercased()) : isRun ? "x" : "-"
        }
        return text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
