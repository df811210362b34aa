/// What the programs of PostgreSQL write to their standard error.
enum ProgramWords {
    /// The line that tells why a program failed; nil when it wrote nothing.
    static func failure(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        let line = lines.first { $0.contains("ERROR:  ") || $0.contains("FATAL:  ") } ?? lines.last
        return line.map { String($0) }
    }

    /// Whether a server refused something.
    static func hasError(_ text: String) -> Bool {
        text.contains("ERROR:  ") || text.contains("FATAL:  ")
    }
}
