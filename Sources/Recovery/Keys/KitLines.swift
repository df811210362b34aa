internal import Model

/// The lines of a kit: `# name: value`, headings, and prose, all of them comments of an age identity
/// file.
struct KitLines {
    /// What messages call the kit.
    let source: String
    private let lines: [Substring]

    /// Takes a text apart; line ends of other systems are as good.
    init(_ text: String, source: String) {
        self.source = source
        lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 == "#" ? "" : $0 }
    }

    /// The first line.
    var first: Substring { lines.first ?? "" }

    /// Every line of a text as a comment; the last line is ended too.
    static func commented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
    }

    /// The values of a field that may be there several times; the configuration at the end is not looked at.
    func values(_ name: String) -> [String] {
        lines.prefix { $0 != RecoveryKit.begin }.filter { $0.hasPrefix("\(name): ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    /// The value of a field.
    func value(_ name: String) throws(Fault) -> String {
        guard let value = values(name).first else {
            throw malformed("its line '\(name):' is missing")
        }
        return value
    }

    /// The lines that are identities, in their order.
    var identities: [Substring] { lines.filter { $0.hasPrefix("AGE-SECRET-KEY-1") } }

    /// The text between two lines.
    func text(between begin: String, and end: String) -> String {
        lines.drop { $0 != begin }.dropFirst().prefix { $0 != end }.map { $0 + "\n" }.joined()
    }

    /// A fault that says what is wrong with the kit, and repeats nothing of it.
    func malformed(_ fact: String) -> Fault {
        Fault(
            .kitForm,
            "unable to read recovery kit '\(source)': \(fact)",
            hints: [
                "A kit is what `lifeboat init` wrote; it begins with '# \(RecoveryKit.title)'."
            ]
        )
    }
}
