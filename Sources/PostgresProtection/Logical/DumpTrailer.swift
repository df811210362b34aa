/// Watches the end of a dump: one that was cut short does not end with the words that it should.
struct DumpTrailer {
    private static let length = 4096
    private let words: String
    private var end: [UInt8] = []

    /// Expects the last words of `pg_dump`, or of `pg_dumpall`.
    init(isOfCluster: Bool) {
        words =
            isOfCluster
            ? "PostgreSQL database cluster dump complete" : "PostgreSQL database dump complete"
    }

    /// Takes the next bytes.
    mutating func update(_ bytes: [UInt8]) {
        end += bytes.suffix(Self.length)
        if end.count > 2 * Self.length { end.removeFirst(end.count - Self.length) }
    }

    /// Whether what came so far is whole.
    var isWhole: Bool {
        let lines = String(decoding: end, as: UTF8.self).split(whereSeparator: \.isNewline)
        // Behind it comes nothing but comments and a word for psql.
        let rest = lines.reversed().prefix { $0.hasPrefix("--") || $0.hasPrefix("\\unrestrict") }
        return rest.contains { $0 == "-- \(words)" }
    }
}
