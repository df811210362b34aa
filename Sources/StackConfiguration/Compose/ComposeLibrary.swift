/// How files are reached that a compose file names: what it includes, what its services extend, what they get variables from.
struct ComposeLibrary {
    /// What is left for all that is read from one proposal's files on.
    private final class Rest {
        /// Files that name each other would be read without end, and more than this nobody has.
        var files = 200
    }

    /// The text of a file of the host, by its absolute path; nil when it cannot be read.
    let text: @Sendable (String) -> String?
    /// How many files may still lead to one another.
    var depth = 8

    private let rest = Rest()

    init(text: @escaping @Sendable (String) -> String?) { self.text = text }

    /// The same, one file further.
    var further: ComposeLibrary {
        var library = self
        library.depth -= 1
        return library
    }

    func document(_ path: String) -> ComposeDocument? {
        guard depth > 0, rest.files > 0 else { return nil }
        rest.files -= 1
        return text(path).map { ComposeDocument(path: path, text: $0) }
    }
}
