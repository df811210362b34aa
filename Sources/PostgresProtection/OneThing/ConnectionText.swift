/// Writes connection strings of libpq.
enum ConnectionText {
    /// The keywords and values as one text, whatever is in the values; a password among them would be seen by everybody on the host.
    static func of(_ keywords: [String: String]) -> String {
        keywords.sorted { $0.key < $1.key }.map { "\($0.key)=\(quoted($0.value))" }
            .joined(separator: " ")
    }

    private static func quoted(_ value: String) -> String {
        let escaped = value.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
            scalar == "\\" || scalar == "'" ? ["\\", scalar] : [scalar]
        }
        return "'" + String(String.UnicodeScalarView(escaped)) + "'"
    }
}
