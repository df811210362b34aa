/// JSON with its keys in the order in which they were written, for a schema that people read too.
indirect enum SchemaNode: Sendable {
    typealias Fields = [(String, SchemaNode)]

    case text(String)
    case number(Int)
    case boolean(Bool)
    case array([SchemaNode])
    case object(Fields)

    /// The JSON text, two spaces a level; arrays of plain values stay on one line.
    func text(depth: Int) -> String {
        let outer = String(repeating: "  ", count: depth)
        let inner = outer + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return "\(number)"
        case .boolean(let truth): return "\(truth)"
        case .array(let items) where items.allSatisfy(\.isPlain):
            return "[\(items.map { $0.text(depth: 0) }.joined(separator: ", "))]"
        case .array(let items):
            let lines = items.map { inner + $0.text(depth: depth + 1) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(outer)]"
        case .object(let fields):
            let lines = fields.map { name, value in
                "\(inner)\(Self.quoted(name)): \(value.text(depth: depth + 1))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
        }
    }

    private var isPlain: Bool {
        switch self {
        case .text, .number, .boolean: true
        case .array, .object: false
        }
    }

    /// The grammar's texts hold no control characters, so two escapes are enough.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for character in text {
            if character == "\"" || character == "\\" { result += "\\" }
            result.append(character)
        }
        return result + "\""
    }
}
