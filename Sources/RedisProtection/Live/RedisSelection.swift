public import Model

/// Which keys of a snapshot come back.
public struct RedisSelection: Sendable, Hashable {
    /// The databases; all when empty.
    public var databases: Set<Int>
    /// Keys by their whole names.
    public var names: [String]
    /// What names begin with; without names and prefixes all keys of the databases are meant.
    public var prefixes: [String]
    /// Whether keys, and function libraries, that are there stay as they are.
    public var keepsExisting: Bool

    /// Groups the parts.
    ///
    /// - Throws: `E-VALUE` when nothing is chosen.
    public init(
        databases: Set<Int> = [],
        names: [String] = [],
        prefixes: [String] = [],
        keepsExisting: Bool = false
    ) throws(Fault) {
        self.databases = databases
        self.names = names
        self.prefixes = prefixes
        self.keepsExisting = keepsExisting
        guard databases.isEmpty, names.isEmpty, prefixes.isEmpty else { return }
        throw Fault(
            .invalidValue,
            "unable to choose keys of Redis: neither keys nor prefixes nor databases are named",
            hints: ["Name them: --key NAME, --prefix TEXT, --db NUMBER"]
        )
    }

    /// Whether a key is one of them; linear in how many are named.
    func contains(_ database: Int, _ name: [UInt8]) -> Bool {
        guard databases.isEmpty || databases.contains(database) else { return false }
        if names.isEmpty, prefixes.isEmpty { return true }
        return names.contains { $0.utf8.elementsEqual(name) }
            || prefixes.contains { name.starts(with: $0.utf8) }
    }

    /// Whether every key of every database is one of them; then the functions come back too.
    var isEverything: Bool { databases.isEmpty && prefixes.contains("") }

    /// What is chosen, in words.
    var text: String {
        let keys =
            names.map { "key '\($0)'" } + prefixes.map { "the keys that begin with '\($0)'" }
        let what = keys.isEmpty ? "all keys" : keys.joined(separator: ", ")
        let places = databases.sorted().map { "\($0)" }.joined(separator: ", ")
        return databases.isEmpty
            ? what : "\(what) of database\(databases.count == 1 ? "" : "s") \(places)"
    }
}
