/// Why a text gives no YAML.
enum ComposingFailure: Error, Equatable {
    /// The text exceeds a limit.
    case limit(String)
    /// The text is not YAML, at a line and a column.
    case syntax(Int, Int, String)
    /// A key is given twice; the line and the column are those of the first time.
    case duplicate(Int, Int, String)

    /// The failure as a problem of the configuration.
    var problem: Problem {
        switch self {
        case .limit(let fact):
            Problem(code: .configurationLimit, line: 1, column: 1, fact: fact, hints: [])
        case .syntax(let line, let column, let fact):
            Problem(code: .configurationSyntax, line: line, column: column, fact: fact, hints: [])
        case .duplicate(let line, let column, let key):
            Problem(
                code: .configurationDuplicateKey,
                line: line,
                column: column,
                fact: "key '\(key.prefix(64))' is given again later in the same mapping",
                hints: ["Keep one of them."]
            )
        }
    }
}
