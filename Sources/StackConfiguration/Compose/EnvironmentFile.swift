/// Reads a `.env` file as compose does, as far as names and values go.
///
/// ```
/// # comment
/// export NAME=value        # comment
/// NAME="a value"           NAME='as it is'
/// ```
public enum EnvironmentFile {
    /// Ends of `.env.…` that mark a form to be filled in.
    private static let forms: Set<String> = ["example", "sample", "template", "dist", "defaults"]

    /// Whether a file of this name holds values, as `.env` and `.env.local` do.
    public static func holdsValues(_ name: String) -> Bool {
        let parts = name.split(separator: ".").map { $0.lowercased() }
        return name.hasPrefix(".") && parts.first == "env" && !forms.contains(parts.last ?? "")
    }

    /// The variables of a text; lines that are none are passed over.
    public static func variables(in text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line.drop(while: \.isWhitespace)
            if rest.hasPrefix("export ") { rest = rest.dropFirst(7).drop(while: \.isWhitespace) }
            let parts = rest.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, ScalarForm.isVariable(trimmed(parts[0])) else { continue }
            variables[String(trimmed(parts[0]))] = value(trimmed(parts[1]))
        }
        return variables
    }

    private static func value(_ text: Substring) -> String {
        if let quote = text.first, quote == "\"" || quote == "'" {
            return String(text.dropFirst().prefix { $0 != quote })
        }
        // A comment begins behind a space.
        let end = text.ranges(of: " #").first?.lowerBound ?? text.endIndex
        return String(trimmed(text[..<end]))
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
