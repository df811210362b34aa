internal import Model

/// What a recovering server's log says, with `lc_messages=C` and times in UTC.
struct RecoveryLog {
    /// Whether recovery has ended and the server takes writes.
    let isReady: Bool
    /// `recovery stopping …`, as the server says it; nil when replay went to the end of the log.
    let stopping: String?
    /// Where the last record begins that was replayed.
    let lastRecord: LSN?
    /// The time of the last transaction that was replayed.
    let lastTransaction: Instant?
    /// The last FATAL or PANIC line; else the last line, since before its own log works the server says things its own way.
    let failure: String?

    /// Reads the log.
    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        isReady = lines.contains { $0.hasSuffix("database system is ready to accept connections") }
        stopping = lines.last { $0.contains("recovery stopping ") }.map { Self.message($0) }
        lastRecord = lines.last { $0.contains("redo done at ") }.flatMap {
            Self.word(after: "redo done at ", $0).flatMap { LSN($0) }
        }
        let fatal = lines.last { $0.contains("FATAL:  ") || $0.contains("PANIC:  ") }
        failure = (fatal ?? lines.last).map { Self.message($0) }
        lastTransaction = lines.last { $0.contains("last completed transaction was at log time ") }
            .flatMap { Self.time($0) }
    }

    /// What each line of a log says.
    static func messages(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { message($0) }
    }

    private static func word(after text: String, _ line: Substring) -> Substring? {
        line.firstRange(of: text).map { line[$0.upperBound...].prefix { $0 != " " } }
    }

    private static func message(_ line: Substring) -> String {
        for level in ["LOG:  ", "FATAL:  ", "PANIC:  "] {
            if let start = line.firstRange(of: level) { return String(line[start.upperBound...]) }
        }
        return String(line)
    }

    /// `… at log time 2026-11-23 14:05:31.204567+00`, or with ` UTC` at the end.
    private static func time(_ line: Substring) -> Instant? {
        guard let mark = line.firstRange(of: "at log time ") else { return nil }
        let words = line[mark.upperBound...].split { $0 == " " }
        guard words.count >= 2 else { return nil }
        let clock = words[1].prefix { $0 != "+" }
        return Instant(rfc3339: "\(words[0])T\(clock)Z")
    }
}
