internal import SystemIO
internal import SystemPackage

/// What a commit says of itself: what changed in it.
struct CommitMessage {
    /// The most paths that are named.
    static let most = 200

    private var changes: [(letter: String, path: String)] = []
    private var counts: [String: Int] = [:]
    /// Paths that could not be read, so that the commit lacks them.
    var unread = 0

    /// Reads `git diff-tree --name-status -z`: a letter and a path, each ended by a zero.
    init(nameStatus bytes: [UInt8]) {
        let parts = bytes.split(separator: 0)
        var index = 0
        while index + 1 < parts.count {
            let letter = String(decoding: parts[index].prefix(1), as: UTF8.self)
            counts[letter, default: 0] += 1
            if changes.count < Self.most {
                // A name may hold what moves the cursor of whoever reads the history.
                changes.append((letter, FilePath(bytes: Array(parts[index + 1])).displayed))
            }
            index += 2
        }
    }

    /// A first line of at most 72 characters or so, an empty one, and a line for each path.
    var text: String {
        var lines = [subject, ""]
        lines += changes.map { "\($0.letter) \($0.path)" }
        let rest = counts.values.reduce(0, +) - changes.count
        if rest > 0 { lines.append("… and \(rest) more") }
        if unread > 0 {
            lines += ["", "\(unread) paths could not be read; a D above may be one of them."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var subject: String {
        if changes.count == 1, let only = changes.first, only.path.utf8.count <= 60 {
            return "\(Self.verb(only.letter)) \(only.path)"
        }
        let words = [("M", "changed"), ("A", "added"), ("D", "removed"), ("T", "of another kind")]
            .compactMap { letter, word in counts[letter].map { "\($0) \(word)" } }
        return words.isEmpty ? "nothing in it" : words.joined(separator: ", ")
    }

    private static func verb(_ letter: String) -> String {
        switch letter {
        case "A": "add"
        case "D": "remove"
        default: "change"
        }
    }
}
