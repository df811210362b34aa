import ArgumentParser
import Model
import StackConfiguration

/// The words after the program's name, put in order and turned into a verb.
enum CommandLineText {
    /// What parsing led to.
    enum Parsed {
        /// A verb to perform.
        case verb(any Verb)
        /// A text that was asked for: help, the version.
        case text(String)
    }

    private static let withValue = ["--config"]
    private static let flags = ["--json", "--quiet", "-q", "--no-color"]

    /// Reads the words.
    ///
    /// - Throws: `E-USAGE`, with the nearest word as a hint where one is near.
    static func parse(_ words: [String]) throws(Fault) -> Parsed {
        let words = hoisted(words)
        try refuseUnknownVerb(words)
        do {
            var command = try Lifeboat.parseAsRoot(words)
            if let verb = command as? any Verb { return .verb(verb) }
            // Help that was asked for, or a verb that needs another: running it throws the right text.
            try command.run()
            return .text(Lifeboat.helpMessage(for: type(of: command)))
        } catch {
            guard Lifeboat.exitCode(for: error).rawValue != 0 else {
                return .text(Lifeboat.fullMessage(for: error))
            }
            throw usage(Lifeboat.message(for: error), words)
        }
    }

    /// Global flags may stand before the verb; the parser wants them behind it.
    static func hoisted(_ words: [String]) -> [String] {
        var before: [String] = []
        var rest = words[...]
        while let word = rest.first {
            if withValue.contains(word), rest.count > 1 {
                before += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if flags.contains(word)
                || withValue.contains(where: { word.hasPrefix($0 + "=") })
            {
                before.append(word)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        guard let verb = rest.first, !verb.hasPrefix("-") else { return words }
        // `key` and `wal` have verbs of their own: the flags go behind those.
        let groups = [KeyVerb.configuration.commandName, WalVerb.configuration.commandName]
        let depth = groups.contains(verb) && rest.count > 1 ? 2 : 1
        return Array(rest.prefix(depth)) + before + rest.dropFirst(depth)
    }

    /// The verb that words begin with, and the one of its own that follows a group.
    private static func verbs(in words: [String]) -> [String] {
        guard let first = words.first, !first.hasPrefix("-") else { return [] }
        let groups: [any ParsableCommand.Type] = [KeyVerb.self, WalVerb.self]
        let own = groups.first { $0.configuration.commandName == first }?.configuration
            .subcommands.compactMap { verb in verb.configuration.commandName }
        guard words.count > 1, let own, own.contains(words[1]) else { return [first] }
        return [first, words[1]]
    }

    private static func refuseUnknownVerb(_ words: [String]) throws(Fault) {
        guard let verb = words.first, !verb.hasPrefix("-"), verb != "help" else { return }
        let known = Lifeboat.configuration.subcommands.compactMap { verb in
            verb.configuration.commandName
        }
        guard !known.contains(verb) else { return }
        let nearest = NearestName.suggestion(for: verb, among: known)
        throw Fault(
            .usage,
            "unable to understand '\(verb)': there is no such verb",
            hints: [
                nearest.map { "Did you mean '\($0)'?" }
                    ?? "It has: \(known.joined(separator: ", ")).",
                "Run `lifeboat --help` to see what each does.",
            ]
        )
    }

    /// The parser's own message as a fault, the suggestion in it as a hint.
    private static func usage(_ message: String, _ words: [String]) -> Fault {
        let line = message.split(separator: "\n").first.map(String.init) ?? "it is not complete"
        let parts = line.split(separator: ". Did you mean ", maxSplits: 1).map(String.init)
        let fact = parts[0].prefix(1).lowercased() + parts[0].dropFirst()
        let verb = verbs(in: words).map { " \($0)" }.joined()
        return Fault(
            .usage,
            "unable to understand the command line: \(fact)",
            hints: parts.dropFirst().map { "Did you mean \($0)" }
                + ["Run `lifeboat\(verb) --help`."]
        )
    }
}
