package import Model

/// The replica's side of a full synchronisation, without any I/O: bytes in, what to do out.
///
/// ```
/// we                        the server
/// REPLCONF capa eof         +OK (an old server: -ERR)
/// REPLCONF version 9.0.0    +OK (before Valkey 8: -ERR)
/// REPLCONF rdb-only 1       +OK (before 7.0: -ERR, then it is left out)
/// PSYNC ? -1                \n \n ...                          keep-alives until it has forked
///                           +FULLRESYNC <replication id> <offset>
///                           \n \n ...
///                           $EOF:<mark, 40 bytes>\r\n RDB <mark>   straight from memory
///                        or $<length>\r\n RDB                      from its dump file
/// ```
///
/// Where the RDB ends at a mark, the last 40 bytes are held back at all times. That they equal the
/// mark is no proof: the RDB may hold these bytes by chance. Whoever reads the RDB decides, see
/// ``Step/perhapsComplete``.
///
/// Valkey sends what a replica of that version can read: without one, the format of Redis 7.2, which
/// has no place for fields of hashes that expire, and so no snapshot of a server that has any.
///
/// Sources: `replication.c` and `redis-cli.c` of Redis 7.0, `replication.c` of Valkey 9.0.
package struct RedisSnapshotTransfer: Sendable {
    /// What to do next.
    package enum Step: Sendable, Equatable {
        /// Wait for more bytes.
        case receive
        /// Send this, then wait for more bytes.
        case send(RedisCommand)
        /// The held-back bytes are the mark. When the RDB is complete, so is the transfer,
        /// otherwise wait for more bytes.
        case perhapsComplete
        /// All bytes that were announced have arrived.
        case complete
    }

    private enum State {
        case idle
        case awaitingCapability
        case awaitingVersion
        case awaitingRDBOnly
        case awaitingSynchronisation
        case awaitingHeader
        case receivingToMark
        case receivingLength(UInt64)
        case complete
    }

    /// The Valkey whose RDBs can be read.
    private static let version = "9.0.0"
    private static let markLength = 40
    private static let longestLine = 4096

    private let address: RedisAddress
    private var state = State.idle
    private var line: [UInt8] = []
    private var mark: [UInt8] = []
    private var held: [UInt8] = []
    /// The server's replication id; empty before it was told.
    package private(set) var replicationID = ""
    /// The snapshot's place in the history of that id.
    package private(set) var offset: Int64 = 0
    /// Whether the server sends the RDB straight from memory.
    package private(set) var isDiskless = false
    /// Whether the server ends the connection after the RDB instead of making us its replica.
    package private(set) var isRDBOnly = false

    /// Makes the machine; the address is for faults only.
    package init(address: RedisAddress) { self.address = address }

    /// The first step.
    package mutating func begin() -> Step {
        state = .awaitingCapability
        return .send(RedisCommand("REPLCONF", "capa", "eof"))
    }

    /// Whether the RDB itself is arriving.
    package var isReceivingBody: Bool {
        switch state {
        case .receivingToMark, .receivingLength: true
        default: false
        }
    }

    /// Takes bytes of the server; appends to `body` those that belong to the RDB for certain.
    ///
    /// - Throws: The fault of an error reply (see ``RedisConnection/command(_:)``),
    ///   `redisProtocol`.
    package mutating func received(
        _ bytes: [UInt8],
        body: inout [UInt8]
    ) throws(Fault) -> Step {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .receivingToMark: return receiveToMark(rest, &body)
            case .receivingLength(let missing): return receive(rest, missing, &body)
            // The server's commands after the RDB; the connection is about to be closed.
            case .complete: return .complete
            case .idle, .awaitingCapability, .awaitingVersion, .awaitingRDBOnly,
                .awaitingSynchronisation, .awaitingHeader:
                guard let line = try takeLine(&rest) else { return .receive }
                let step = try received(line: line)
                guard step == .receive else { return step }
            }
        }
        return .receive
    }

    // MARK: The RDB

    private mutating func receive(
        _ bytes: ArraySlice<UInt8>,
        _ missing: UInt64,
        _ body: inout [UInt8]
    ) -> Step {
        let taken = bytes.prefix(Int(clamping: missing))
        body += taken
        let left = missing - UInt64(taken.count)
        state = left == 0 ? .complete : .receivingLength(left)
        return left == 0 ? .complete : .receive
    }

    private mutating func receiveToMark(
        _ bytes: ArraySlice<UInt8>,
        _ body: inout [UInt8]
    ) -> Step {
        let fromBytes = max(0, bytes.count - Self.markLength)
        let fromHeld = max(0, min(held.count, held.count + bytes.count - Self.markLength))
        body += held[..<fromHeld]
        held.removeFirst(fromHeld)
        body += bytes.prefix(fromBytes)
        held += bytes.dropFirst(fromBytes)
        return held == mark ? .perhapsComplete : .receive
    }

    // MARK: Before the RDB

    /// Takes one line out of the bytes; nil when its end has not arrived.
    private mutating func takeLine(_ bytes: inout ArraySlice<UInt8>) throws(Fault) -> [UInt8]? {
        let end = bytes.firstIndex(of: 0x0A)
        line += bytes[..<(end ?? bytes.endIndex)]
        bytes = end.map { bytes[($0 + 1)...] } ?? []
        guard line.count <= Self.longestLine else { throw unexpected("a line without an end") }
        guard end != nil else { return nil }
        defer { line = [] }
        if line.last == 0x0D { line.removeLast() }
        return line
    }

    private mutating func received(line: [UInt8]) throws(Fault) -> Step {
        // A lone line feed: the server is alive and not ready yet.
        guard let kind = line.first else { return .receive }
        let text = String(decoding: line, as: UTF8.self)
        let failure = kind == UInt8(ascii: "-") ? RedisFailure(String(text.dropFirst())) : nil
        switch state {
        case .awaitingCapability:
            if let failure { try tolerate(failure) }
            state = .awaitingVersion
            return .send(RedisCommand("REPLCONF", "version", Self.version))
        case .awaitingVersion:
            if let failure { try tolerate(failure) }
            state = .awaitingRDBOnly
            return .send(RedisCommand("REPLCONF", "rdb-only", "1"))
        case .awaitingRDBOnly:
            if let failure { try tolerate(failure) }
            isRDBOnly = failure == nil
            state = .awaitingSynchronisation
            return .send(RedisCommand("PSYNC", "?", "-1"))
        case .awaitingSynchronisation:
            if let failure { throw RedisRefusal.fault(failure, to: "PSYNC", at: address) }
            try acceptSynchronisation(text)
        case .awaitingHeader:
            if let failure { throw RedisRefusal.fault(failure, to: "PSYNC", at: address) }
            return try acceptHeader(text)
        case .idle, .receivingToMark, .receivingLength, .complete:
            throw unexpected("a line that nobody waits for")
        }
        return .receive
    }

    /// Goes on without a capability that the server does not know; every other error ends the
    /// attempt.
    private func tolerate(_ failure: RedisFailure) throws(Fault) {
        guard failure.kind == "ERR", !failure.message.hasPrefix("ERR unknown command") else {
            throw RedisRefusal.fault(failure, to: "REPLCONF", at: address)
        }
    }

    private mutating func acceptSynchronisation(_ text: String) throws(Fault) {
        let words = text.split(separator: " ")
        guard words.count == 3, words[0] == "+FULLRESYNC", words[1].utf8.count == 40,
            words[1].allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let offset = Int64(words[2]), offset >= 0
        else { throw unexpected("no full synchronisation was offered") }
        replicationID = String(words[1])
        self.offset = offset
        state = .awaitingHeader
    }

    private mutating func acceptHeader(_ text: String) throws(Fault) -> Step {
        if text.hasPrefix("$EOF:") {
            mark = Array(text.utf8.dropFirst(5))
            guard mark.count == Self.markLength else { throw unexpected("a malformed end mark") }
            isDiskless = true
            state = .receivingToMark
            return .receive
        }
        guard text.hasPrefix("$"), let length = UInt64(text.dropFirst()), length > 0 else {
            throw unexpected("neither a length nor an end mark precedes the RDB")
        }
        state = .receivingLength(length)
        return .receive
    }

    private func unexpected(_ fact: String) -> Fault {
        Fault(
            .redisProtocol,
            "unable to take a snapshot of Redis at '\(address.endpoint)': \(fact)",
            hints: ["Make sure that the address is that of a Redis server, not of a proxy."]
        )
    }
}
