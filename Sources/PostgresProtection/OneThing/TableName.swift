/// A table's name as people write it: `SCHEMA.TABLE`, or `TABLE` where only one schema has it.
///
/// As in SQL, letters are small unless a part stands in double quotes, where `""` is one quote. Whatever else is in a part
/// stands for itself, so that a space or a letter of any alphabet needs no quotes.
public struct TableName: Sendable, Hashable {
    /// The schema; nil for whichever has the table.
    public let schema: String?
    /// The table.
    public let table: String

    /// The most bytes that a server keeps of a name.
    static let limit = 63

    init(schema: String?, table: String) {
        self.schema = schema
        self.table = table
    }

    /// Reads a name; nil when it is none.
    public init?(_ text: String) {
        var parts = [String.UnicodeScalarView()]
        var isQuoted = false
        var hasEnded = false
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where isQuoted:
                if scalars.first == "\"" {
                    scalars.removeFirst()
                    parts[parts.count - 1].append("\"")
                } else {
                    (isQuoted, hasEnded) = (false, true)
                }
            case "\0": return nil
            case _ where isQuoted: parts[parts.count - 1].append(scalar)
            case ".":
                parts.append(String.UnicodeScalarView())
                hasEnded = false
            case _ where hasEnded: return nil
            case "\"":
                guard parts.last?.isEmpty == true else { return nil }
                isQuoted = true
            default:
                let isCapital = ("A"..."Z").contains(scalar)
                let small = isCapital ? Unicode.Scalar(scalar.value + 32) : nil
                parts[parts.count - 1].append(small ?? scalar)
            }
        }
        let names = parts.map { String($0) }
        guard !isQuoted, (1...2).contains(names.count),
            names.allSatisfy({ (1...Self.limit).contains($0.utf8.count) })
        else { return nil }
        self.init(schema: names.count == 2 ? names[0] : nil, table: names[names.count - 1])
    }

    /// As SQL takes it.
    var sql: String {
        (schema.map { SQLText.identifier($0) + "." } ?? "") + SQLText.identifier(table)
    }
}

extension TableName: CustomStringConvertible {
    /// As a person writes it, in quotes only where it needs them.
    public var description: String {
        (schema.map { Self.plain($0) + "." } ?? "") + Self.plain(table)
    }

    private static func plain(_ name: String) -> String {
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
        }
        return isPlain ? name : SQLText.identifier(name)
    }
}
