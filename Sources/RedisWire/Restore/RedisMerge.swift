public import Model

/// Puts keys of an RDB into a running server with `RESTORE`, many at once, and function libraries with `FUNCTION RESTORE`.
///
/// Each key, and each library, is put there whole or not at all: the server checks each payload by itself. What is held is one batch of commands.
public struct RedisMerge {
    /// What became of the keys and the libraries.
    public struct Tally: Sendable, Hashable {
        /// How many were put there.
        public var restored = 0
        /// How many were there already and stayed as they were.
        public var kept = 0
        /// How many had expired, and were left out.
        public var expired = 0
        /// How many keys the server refused.
        public var refused = 0
        /// How many function libraries were put there.
        public var libraries = 0
        /// How many function libraries were there already and stayed as they were.
        public var keptLibraries = 0
        /// Why keys and libraries were refused, for the first of them, each a line.
        public var reasons: [String] = []

        /// Nothing yet.
        public init() {}
    }

    /// What a command of the batch is about.
    private enum Subject {
        case database
        case key([UInt8])
        case library
    }

    private static let mostReasons = 5
    private static let batchBytes = 1 << 20
    private static let batchCommands = 512

    private let connection: RedisConnection
    private let version: Int
    private let keepsExisting: Bool
    private let now: Int64
    private var database: Int?
    private var batch: [(command: RedisCommand, subject: Subject)] = []
    private var bytes = 0
    /// What became of the keys whose replies have come.
    public private(set) var tally = Tally()

    /// Prepares a merge.
    ///
    /// - Parameters:
    ///   - connection: to the server; it selects other databases.
    ///   - version: that of the RDB that the keys are from; the server must load it.
    ///   - keepsExisting: whether keys and libraries that are there stay as they are.
    ///   - now: what has expired by then is left out, in milliseconds since 1970.
    public init(
        _ connection: RedisConnection,
        version: Int,
        keepsExisting: Bool,
        now: Int64
    ) {
        self.connection = connection
        self.version = version
        self.keepsExisting = keepsExisting
        self.now = now
    }

    /// Adds a key; sends what has gathered when it is enough.
    ///
    /// - Throws: what ``RedisConnection/replies(to:)`` throws; `redisRefused`, `redisPermission` and the like when
    ///   a database cannot be selected or the command is not allowed.
    public mutating func add(_ key: RDBKey) async throws(Fault) {
        guard key.expiry.map({ $0 > now }) ?? true else {
            tally.expired += 1
            return
        }
        if database != key.database {
            database = key.database
            batch.append((RedisCommand("SELECT", "\(key.database)"), .database))
        }
        let payload = key.payload(version: version)
        var words = ["RESTORE", "\(key.expiry ?? 0)"].map { Array($0.utf8) }
        words.insert(key.name, at: 1)
        words.append(payload)
        if !keepsExisting { words.append(Array("REPLACE".utf8)) }
        words.append(Array("ABSTTL".utf8))
        try await add(RedisCommand(words: words), .key(key.name), payload.count)
    }

    /// Adds a function library; sends what has gathered when it is enough.
    ///
    /// - Throws: as for a key.
    public mutating func add(_ library: RDBLibrary) async throws(Fault) {
        let payload = library.payload(version: version)
        let words = ["FUNCTION", "RESTORE"].map { Array($0.utf8) }
        let policy = Array((keepsExisting ? "APPEND" : "REPLACE").utf8)
        try await add(RedisCommand(words: words + [payload, policy]), .library, payload.count)
    }

    private mutating func add(
        _ command: RedisCommand,
        _ subject: Subject,
        _ size: Int
    ) async throws(Fault) {
        batch.append((command, subject))
        bytes += size
        guard bytes >= Self.batchBytes || batch.count >= Self.batchCommands else { return }
        try await send()
    }

    /// Sends what is left, and says what became of all.
    ///
    /// - Throws: as for a key.
    public mutating func finish() async throws(Fault) -> Tally {
        try await send()
        return tally
    }

    private mutating func send() async throws(Fault) {
        let sent = batch
        batch = []
        bytes = 0
        guard !sent.isEmpty else { return }
        let replies = try await connection.replies(to: sent.map(\.command))
        for (reply, one) in zip(replies, sent) {
            switch (reply, one.subject) {
            case (.failure(let failure), let subject):
                try note(failure, to: one.command, of: subject)
            case (_, .key): tally.restored += 1
            case (_, .library): tally.libraries += 1
            case (_, .database): break
            }
        }
    }

    private mutating func note(
        _ failure: RedisFailure,
        to command: RedisCommand,
        of subject: Subject
    ) throws(Fault) {
        // Without the right to it, or in the wrong database, nothing that follows would be right.
        let isFatal = if case .database = subject { true } else { failure.kind == "NOPERM" }
        guard !isFatal else {
            throw RedisRefusal.fault(failure, to: command.name, at: connection.address)
        }
        let shown: String
        switch subject {
        case .key where failure.kind == "BUSYKEY":
            tally.kept += 1
            return
        case .library where keepsExisting && failure.message.contains("already exists"):
            tally.keptLibraries += 1
            return
        case .key(let name):
            tally.refused += 1
            shown = "key '\(String(decoding: name.prefix(100), as: UTF8.self))'"
        case .library, .database: shown = "a function library"
        }
        guard tally.reasons.count < Self.mostReasons else { return }
        tally.reasons.append("\(shown): \(failure.message)")
    }
}
