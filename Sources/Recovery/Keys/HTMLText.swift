/// Text that a browser shows as it is, whatever stands in it.
enum HTMLText {
    private static let names: [(Character, String)] = [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"),
    ]

    /// The text with every character escaped that means something in HTML; control characters, which
    /// HTML cannot hold, are shown as `\u{fffd}`.
    static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let name = names.first(where: { $0.0.unicodeScalars.first == scalar })?.1 {
                result += name
            } else if scalar.value < 32 && scalar != "\n" || (127..<160).contains(scalar.value) {
                result += "\u{fffd}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// What ``escaped(_:)`` made the text from.
    static func unescaped(_ text: some StringProtocol) -> String {
        names.reversed().reduce(String(text)) { $0.replacing($1.1, with: String($1.0)) }
    }
}
