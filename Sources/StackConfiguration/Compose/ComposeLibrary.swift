/// How files are reached that a compose file names: what it includes, what its services extend, what they get variables from.
struct ComposeLibrary {
    /// The text of a file of the host, by its absolute path; nil when it cannot be read.
    let text: @Sendable (String) -> String?
    /// How many files may still lead to one another.
    var depth = 8

    /// The same, one file further.
    var further: ComposeLibrary {
        var library = self
        library.depth -= 1
        return library
    }

    func document(_ path: String) -> ComposeDocument? {
        depth > 0 ? text(path).map { ComposeDocument(path: path, text: $0) } : nil
    }
}
