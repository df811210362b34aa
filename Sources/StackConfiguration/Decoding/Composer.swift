import Model
import Yams

/// Turns text into YAML nodes, within limits that keep hostile text cheap.
///
/// libyaml itself ends nesting at 1,000 levels. Yams hashes the keys of every mapping, aliases expanded, so what
/// an alias can multiply is bounded before it is called: 32 aliases make at most 3^11 nodes of one.
enum Composer {
    static let largestText = 1 << 20
    static let mostAliases = 32

    /// The root of the one document in a text, or what is wrong.
    static func compose(_ text: String) -> Result<Node, ComposingFailure> {
        guard text.utf8.count <= largestText else {
            return .failure(.limit("it is larger than 1 MiB"))
        }
        guard aliases(in: text) <= mostAliases else {
            return .failure(.limit("there are more than \(mostAliases) YAML aliases in it"))
        }
        return parse(text) { $0 }
    }

    /// Parses without a look at aliases; what becomes of the root is made while it still knows its anchors.
    static func parse(
        _ text: String,
        _ finish: (Node) -> Node
    ) -> Result<Node, ComposingFailure> {
        do {
            let parser = try Parser(yaml: text, resolver: .default, encoding: .utf8)
            // A node knows its anchor for as long as the parser lives.
            defer { withExtendedLifetime(parser) {} }
            guard let root = try parser.singleRoot() else {
                return .failure(.syntax(1, 1, "it is empty"))
            }
            return .success(finish(root))
        } catch let error as YamlError {
            return .failure(failure(of: error))
        } catch {
            return .failure(.syntax(1, 1, "it is not YAML"))
        }
    }

    /// How many times something that may be an alias stands in a text; quotes and comments are not looked at, which
    /// errs on the safe side.
    static func aliases(in text: String) -> Int {
        var count = 0
        walkStars(in: text.utf8) { _ in count += 1 }
        return count
    }

    /// Tells where the stars of what may be aliases stand.
    static func walkStars(in bytes: String.UTF8View, _ tell: (String.UTF8View.Index) -> Void) {
        var previous = UInt8(ascii: "\n")
        var star: String.UTF8View.Index?
        for (index, byte) in zip(bytes.indices, bytes) {
            let isSeparated = " \t\r\n[{,:?-".utf8.contains(previous)
            let isName =
                byte > 127 || (48...57).contains(byte) || (65...90).contains(byte)
                || (97...122).contains(byte) || byte == 95 || byte == 45
            if let star, isName { tell(star) }
            star = byte == UInt8(ascii: "*") && isSeparated ? index : nil
            previous = byte
        }
    }

    private static func failure(of error: YamlError) -> ComposingFailure {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .syntax(mark.line, mark.column, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            .duplicate(context.mark.line, context.mark.column, keys.first ?? "")
        case .reader(let problem, _, _, _): .syntax(1, 1, problem)
        default: .syntax(1, 1, "it is not YAML")
        }
    }
}
