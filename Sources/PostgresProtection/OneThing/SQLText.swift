/// Writes names and texts into SQL.
enum SQLText {
    /// A name, always in double quotes, so that it means nothing else.
    static func identifier(_ name: String) -> String { "\"" + doubled(name, "\"") + "\"" }

    /// A text as a literal that is the same whatever `standard_conforming_strings` is.
    static func literal(_ text: String) -> String {
        guard text.unicodeScalars.contains("\\") else { return "'" + doubled(text, "'") + "'" }
        return " E'" + doubled(doubled(text, "'"), "\\") + "'"
    }

    private static func doubled(_ text: String, _ mark: Unicode.Scalar) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            scalars.append(scalar)
            if scalar == mark { scalars.append(scalar) }
        }
        return String(scalars)
    }
}
