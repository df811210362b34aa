/// Connection strings, as libpq reads and writes them.
public enum ConnectionText {
    /// The keywords that a string or URI sets; nil when it is malformed.
    public static func parse(_ text: String) -> [String: String]? {
        LibpqHandle.parse(connectionString: text)
    }

    /// A string of keywords and values, in the order of the keywords.
    ///
    /// Source: the rules of `conninfo_parse` in `src/interfaces/libpq/fe-connect.c`.
    public static func text(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { key, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
            return "\(key)='\(escaped)'"
        }
        .joined(separator: " ")
    }
}
