import Model
import Yams

extension Examiner {
    /// The text of a key; notes what is wrong when it is not a plain one.
    mutating func name(of node: Node, in path: String) -> String? {
        guard case .scalar(let scalar) = node else {
            wrongType(node, at: path.isEmpty ? "key" : "key in \(path)", wanted: "a name")
            return nil
        }
        return scalar.string
    }

    mutating func duplicate(_ node: Node, _ name: String) {
        let fact = "key '\(name.prefix(64))' is given twice"
        note(.configurationDuplicateKey, node, fact, "Keep one of them.")
    }

    mutating func unknown(_ node: Node, _ name: String, among keys: [Key], in path: String) {
        let place = path.isEmpty ? "" : " in '\(path)'"
        let names = keys.map(\.name)
        let nearest = NearestName.suggestion(for: name, among: names)
        let hint =
            nearest.map { "Did you mean '\($0)'?" }
            ?? "The keys here are \(names.joined(separator: ", "))."
        note(.configurationUnknownKey, node, "unknown key '\(name.prefix(64))'\(place)", hint)
    }

    mutating func wrongType(_ node: Node, at path: String, wanted: String) {
        let found =
            switch node {
            case .scalar(let scalar): Self.isNull(scalar) ? "nothing" : "a value"
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .alias: "an alias"
            }
        let place = path.isEmpty ? "the file" : "'\(path)'"
        note(.configurationType, node, "\(place) is \(found) where \(wanted) belongs", [])
    }

    /// Whether a value is YAML's null: empty, `~` or `null`, without quotes.
    static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    mutating func note(_ code: Fault.Code, _ node: Node, _ fact: String, _ hint: String) {
        note(code, node, fact, [hint])
    }
}
