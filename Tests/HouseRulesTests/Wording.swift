/// What may not stand in a source, and what is said about it.
enum Wording {
    /// Words that may not stand anywhere, comments included: they promise work instead of doing it.
    static let words = ["TODO", "FIXME", "XXX", "stub", "placeholder"]
    static let phrases = ["for now"]
    /// Calls and declarations that may not stand in code.
    static let code = [
        "try!", "as!", "Task {", "Task{", "Task.detached", "DispatchSemaphore", "Date()",
        "fatalError",
    ]
    static let names = ["Utils", "Helpers", "Managers", "Common"]

    /// What is wrong with the text of a source.
    static func complaints(path: String, text: String) -> [String] {
        var complaints: [String] = []
        let raw = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let code = SourceText(text).code
        for (index, line) in raw.enumerated() {
            for word in words where has(word, in: line) { complaints.append(word) }
            for phrase in phrases where line.lowercased().contains(phrase) {
                complaints.append(phrase)
            }
            let source = index < code.count ? code[index] : ""
            complaints += self.code.filter { calls($0, in: source) }
            if calls("static var ", in: source), !source.contains("{") {
                complaints.append("static var ")
            }
            // Fixtures wait for real servers on threads of their own.
            if !path.contains("TestKit/"), sleeps(source) { complaints.append("sleep(") }
            if source.contains("@unchecked Sendable"), !hasReason(above: index, raw) {
                complaints.append("@unchecked Sendable without a reason on the line above")
            }
            complaints += names.filter { declares($0, in: source) }
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        complaints += names.filter { file.contains($0) }
        return complaints
    }

    /// Whether a line holds a text that is not the end of a longer word (`Date()`, but not `Update()`).
    private static func calls(_ text: String, in line: String) -> Bool {
        line.ranges(of: text).contains { range in
            let before = line[..<range.lowerBound].last
            return before.map { !($0.isLetter || $0.isNumber || $0 == "_") } ?? true
        }
    }

    private static func has(_ word: String, in line: String) -> Bool {
        line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            .contains { word == word.uppercased() ? $0 == word : $0.lowercased() == word }
    }

    private static func sleeps(_ line: String) -> Bool {
        line.ranges(of: "sleep(").contains { range in
            let before = line[..<range.lowerBound]
            let isName = before.last.map { $0.isLetter || $0 == "_" } ?? false
            return !isName && !before.lowercased().hasSuffix("task.")
                && !before.lowercased().hasSuffix("clock.")
        } || line.contains("nanosleep(") || line.contains("usleep(")
    }

    private static func hasReason(above index: Int, _ lines: [String]) -> Bool {
        guard index > 0 else { return false }
        let line = lines[index - 1].drop { $0 == " " }
        return line.hasPrefix("// ") || line.hasPrefix("/// ")
    }

    private static func declares(_ name: String, in line: String) -> Bool {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "extension"]
        return zip(words, words.dropFirst()).contains { kinds.contains($0) && $1.contains(name) }
    }
}
