/// `postgresql.auto.conf`, which a server reads last.
enum SettingsText {
    /// The text with some settings in place of those that it had.
    static func replacing(
        in present: String,
        with values: [(name: String, value: String)],
        under heading: String
    ) -> String {
        let names = Set(values.map(\.name))
        let kept = present.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .filter { line in
                let name = line.drop { $0 == " " || $0 == "\t" }.prefix { $0.isLetter || $0 == "_" }
                return !names.contains(name.lowercased()) && line != "# \(heading)"
            }
        let lines = values.map { "\($0.name) = '\(quoted($0.value))'" }
        return (kept + ["# \(heading)"[...]] + lines.map { $0[...] }).joined(separator: "\n") + "\n"
    }

    /// Source: `GUC_scanstr` in `src/backend/utils/misc/guc-file.l`.
    private static func quoted(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("'", with: "''")
    }
}
