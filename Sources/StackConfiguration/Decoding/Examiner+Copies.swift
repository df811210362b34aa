import Model
import Yams

// What one copy says must fit its address, and what all say must fit together.
extension Examiner {
    mutating func copies(_ node: Node, _ keys: [Key], at path: String) -> Value? {
        guard case .sequence(let sequence) = node else {
            wrongType(node, at: path, wanted: "a list")
            return nil
        }
        var sections: [(name: String, section: Section)] = []
        for (index, item) in sequence.enumerated() {
            let place = "\(path)[\(index)]"
            let section = section(item, keys: keys, at: place)
            contradictions(section, item, at: place)
            collisions(section, item, with: sections, at: place)
            sections.append((section.text("name") ?? "", section))
        }
        let isWhole = problems.isEmpty
        if sequence.isEmpty {
            note(.configurationCopies, node, "there is no copy in '\(path)'", "Give one.")
        } else if isWhole, !sections.contains(where: { $0.section.text("every") == nil }) {
            note(
                .configurationCopies,
                node,
                "no copy in '\(path)' takes every backup",
                "Leave 'every' out of one that is always there."
            )
        }
        return .sections(sections)
    }

    /// Notes the keys of a copy that its address or another key rules out.
    private mutating func contradictions(_ section: Section, _ node: Node, at path: String) {
        let isDirectory = section.text("url")?.hasPrefix("file://") == true
        for name in Grammar.bucket.map(\.name) + ["lock"]
        where isDirectory && section.values[name] != nil {
            note(
                .configurationCopies,
                Self.key(name, of: node),
                "'\(path).\(name)' is for a bucket, and this copy is a directory",
                "Leave it out, or write url: s3://bucket/prefix."
            )
        }
        guard section.text("offline") == "true" else { return }
        let offline = Self.key("offline", of: node)
        if section.text("url")?.hasPrefix("s3://") == true {
            let fact = "'\(path).offline' is for a directory, and this copy is a bucket"
            note(.configurationCopies, offline, fact, "Leave it out.")
        } else if section.values["every"] == nil {
            let fact = "'\(path)' is offline, and nothing says how often it must be there"
            note(.configurationCopies, offline, fact, "Say it: every: 7d.")
        }
    }

    /// Notes that a copy has the name of an earlier one, or a place within its place.
    private mutating func collisions(
        _ section: Section,
        _ node: Node,
        with earlier: [(name: String, section: Section)],
        at path: String
    ) {
        let name = section.text("name")
        let place = Self.place(of: section)
        for other in earlier {
            if let name, name == other.name {
                let fact = "two copies are named '\(name)'"
                note(.configurationCopies, Self.key("name", of: node), fact, "Rename one.")
            }
            guard let place, let taken = Self.place(of: other.section),
                place.starts(with: taken) || taken.starts(with: place)
            else { continue }
            note(
                .configurationCopies,
                Self.key("url", of: node),
                "'\(path)' and copy '\(other.name)' are one place, or one lies within the other",
                "Give each copy a place of its own."
            )
        }
    }

    /// The steps that lead to where a copy is; nil when its address is wrong.
    private static func place(of section: Section) -> [String]? {
        guard let url = section.text("url") else { return nil }
        if url.hasPrefix("file://") {
            return ["file"] + url.dropFirst(7).split(separator: "/").map(String.init)
        }
        guard let bucket = BucketConfiguration(url: url) else { return nil }
        return [section.text("endpoint") ?? "", bucket.bucket]
            + bucket.prefix.split(separator: "/").map(String.init)
    }

    /// The node of a key of a mapping, for its line and column; the mapping's own when the key is not there.
    static func key(_ name: String, of node: Node) -> Node {
        guard case .mapping(let mapping) = node,
            let entry = mapping.first(where: { $0.key.scalar?.string == name })
        else { return node }
        return entry.key
    }

    /// `forever`, or counts by rule.
    mutating func keep(_ node: Node, at path: String) -> Value? {
        if case .scalar(let scalar) = node, !Self.isNull(scalar) {
            return self.scalar(node, .choice(["forever"]), at: path).map(Value.scalar)
        }
        guard case .mapping(let mapping) = node else {
            wrongType(node, at: path, wanted: "'forever' or a mapping")
            return nil
        }
        if mapping.isEmpty {
            let hint = "Count by a rule, such as {daily: 30, weekly: 8}, or write forever."
            note(.configurationValue, node, "'\(path)' keeps nothing", hint)
        }
        return .section(section(node, keys: Grammar.keepRules, at: path))
    }
}
