public import Model

/// Puts keys of an RDB into a running server with `RESTORE`, many at once.
///
/// Each key is put there whole or not at all: the server checks each payload by itself. What is held is one batch of commands.
public struct RedisMerge {
    /// What became of the keys.
    public struct Tally: Sendable, Hashable {
        /// How many were put there.
        public var restored = 0
        /// How many were there already and stayed as they were.
        public var kept = 0
        /// How many had expired, and were left out.
        public var expired = 0
        /// How many the server refused.
        public var refused = 0
        /// Why, for the first of them, each a line.
        public var reasons: [String] = []

        /// Nothing yet.
        public init() {}
    }

    private static let mostReasons = 5
    private static let batchBytes = 1 << 20
    private static let batchCommands = 512

    private let connection: RedisConnection
    private let version: Int
    private let keepsExisting: Bool
    private let now: Int64
    private var database: Int?
    private var batch: [(command: RedisCommand, name: [UInt8]?)] = []
    private var bytes = 0
    /// What became of the keys whose replies have come.
    public private(set) var tally = Tally()

    /// Prepares a merge.
    ///
    /// - Parameters:
    ///   - connection: to the server; it selects other databases.
    ///   - version: that of the RDB that the keys are from; the server must load it.
    ///   - keepsExisting: whether keys that are there stay as they are.
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
            batch.append((RedisCommand("SELECT", "\(key.database)"), nil))
        }
        let payload = key.payload(version: version)
        var words = ["RESTORE", "\(key.expiry ?? 0)"].map { Array($0.utf8) }
        words.insert(key.name, at: 1)
        words.append(payload)
        if !keepsExisting { words.append(Array("REPLACE".utf8)) }
        words.append(Array("ABSTTL".utf8))
        batch.append((RedisCommand(words: words), key.name))
        bytes += payload.count
        guard bytes >= Self.batchBytes || batch.count >= Self.batchCommands else { return }
        try await send()
    }

    /// Sends what is left, and says what became of all.
    ///
    /// - Throws: as ``add(_:)``.
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
            switch reply {
            case .failure(let failure): try note(failure, of: one)
            case .status, .integer, .bulk, .null, .array:
                if one.name != nil { tally.restored += 1 }
            }
        }
    }

    private mutating func note(
        _ failure: RedisFailure,
        of sent: (command: RedisCommand, name: [UInt8]?)
    ) throws(Fault) {
        // Without the right to it, or in the wrong database, nothing that follows would be right.
        guard let name = sent.name, failure.kind != "NOPERM" else {
            throw RedisRefusal.fault(failure, to: sent.command.name, at: connection.address)
        }
        if failure.kind == "BUSYKEY" {
            tally.kept += 1
            return
        }
        tally.refused += 1
        guard tally.reasons.count < Self.mostReasons else { return }
        let shown = String(decoding: name.prefix(100), as: UTF8.self)
        tally.reasons.append("key '\(shown)': \(failure.message)")
    }
}
