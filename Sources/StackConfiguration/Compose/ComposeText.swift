import Yams

/// Turns a compose file into YAML nodes in which aliases and `<<` are followed, within limits that keep hostile text cheap.
///
/// Compose files repeat themselves by aliases, more often than ``Composer`` lets anything be multiplied. So no alias reaches the
/// parser: its star becomes a mark, and what it stands for is put there afterwards, shared and not copied. A mapping gets what `<<`
/// adds to it once.
struct ComposeText {
    static let mostAliases = 1000
    /// Of a private range: nobody writes it.
    private static let mark: Unicode.Scalar = "\u{E000}"
    private var anchors: [String: Node] = [:]

    private init() {}

    /// The root of the one document in a text, or what is wrong.
    static func compose(_ text: String) -> Result<Node, ComposingFailure> {
        guard text.utf8.count <= Composer.largestText else {
            return .failure(.limit("it is larger than 1 MiB"))
        }
        var marked: [UInt8] = []
        var count = 0
        var rest = text.utf8[...]
        Composer.walkStars(in: text.utf8) { star in
            count += 1
            marked += rest[..<star] + Array(String(Self.mark).utf8)
            rest = text.utf8[text.utf8.index(after: star)...]
        }
        guard count <= mostAliases else {
            return .failure(.limit("there are more than \(mostAliases) YAML aliases in it"))
        }
        return Composer.parse(String(decoding: marked + rest, as: UTF8.self)) { root in
            var text = ComposeText()
            return text.resolved(root)
        }
    }

    private mutating func resolved(_ node: Node) -> Node {
        let result: Node
        switch node {
        case .scalar(let scalar):
            let rest = scalar.string.unicodeScalars.dropFirst()
            if scalar.string.unicodeScalars.first == Self.mark,
                let target = anchors[String(String.UnicodeScalarView(rest))]
            {
                return target
            }
            result = .scalar(Self.unmarked(scalar))
        case .sequence(let sequence):
            result = .sequence(
                Node.Sequence(
                    sequence.map { resolved($0) },
                    sequence.tag,
                    sequence.style,
                    sequence.mark
                )
            )
        case .mapping(let mapping):
            let pairs = mapping.map { (resolved($0.key), resolved($0.value)) }
            result = .mapping(
                Node.Mapping(Self.merged(pairs), mapping.tag, mapping.style, mapping.mark)
            )
        case .alias: result = node
        }
        if let anchor = node.anchor { anchors[anchor.rawValue] = result }
        return result
    }

    /// The entries that have a text as their key, their own first, then those that `<<` adds.
    private static func merged(_ pairs: [(Node, Node)]) -> [(Node, Node)] {
        var names: Set<String> = []
        var entries: [(Node, Node)] = []
        func add(_ key: Node, _ value: Node) {
            guard let name = key.scalar?.string, name != "<<", names.insert(name).inserted else {
                return
            }
            entries.append((key, value))
        }
        for (key, value) in pairs { add(key, value) }
        for (key, value) in pairs where key.scalar?.string == "<<" {
            let added = value.sequence.map { Array($0) } ?? [value]
            for node in added { for pair in node.mapping ?? [:] { add(pair.key, pair.value) } }
        }
        return entries
    }

    private static func unmarked(_ scalar: Node.Scalar) -> Node.Scalar {
        guard scalar.string.unicodeScalars.contains(Self.mark) else { return scalar }
        let scalars = scalar.string.unicodeScalars.map { $0 == Self.mark ? "*" : $0 }
        let text = String(String.UnicodeScalarView(scalars))
        return Node.Scalar(text, scalar.tag, scalar.style, scalar.mark)
    }
}
