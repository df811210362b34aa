package import Model

/// The replica's side of a partial synchronisation, without any I/O: bytes in, what to do out.
///
/// ```
/// we                               the server
/// REPLCONF capa eof capa psync2    +OK (an old server: -ERR)
/// PSYNC <id> <offset + 1>          \n \n ...                           keep-alives
///                                  +CONTINUE [<id>]   the commands from there on; the id is another one after a failover
///                               or +FULLRESYNC <id> <offset>   it has not got them any more; where it is now
/// ```
/// Sources: `replication.c` of Redis 7.0 and 8.2, and of Valkey 9.0.
package struct RedisResumption: Sendable {
    /// What to do next.
    package enum Step: Sendable, Equatable {
        /// Wait for more bytes.
        case receive
        /// Send this, then wait for more bytes.
        case send(RedisCommand)
        /// The commands come; these are the first bytes of them.
        case continued(replicationID: String, first: [UInt8])
        /// The server would send all data; this is the place that it stands for.
        case elsewhere(RedisStreamPlace)
    }

    private static let longestLine = 4096

    private let address: RedisAddress
    private let place: RedisStreamPlace?
    private var isAsked = false
    private var line: [UInt8] = []

    /// Makes the machine; the address is for faults only, and without a place the server is asked for its own.
    package init(address: RedisAddress, place: RedisStreamPlace?) {
        self.address = address
        self.place = place
    }

    /// The first step.
    package func begin() -> Step {
        .send(RedisCommand("REPLCONF", "capa", "eof", "capa", "psync2"))
    }

    /// Takes bytes of the server.
    ///
    /// - Throws: The fault of an error reply (see ``RedisConnection/command(_:)``), `redisProtocol`.
    package mutating func received(_ bytes: [UInt8]) throws(Fault) -> Step {
        for (index, byte) in bytes.enumerated() {
            guard byte == 0x0A else {
                line.append(byte)
                guard line.count <= Self.longestLine else {
                    throw unexpected("a line without an end")
                }
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            line = []
            // A lone line feed: the server is alive and not ready yet.
            guard !text.isEmpty else { continue }
            let rest = Array(bytes[(index + 1)...])
            if !isAsked {
                guard rest.isEmpty else {
                    throw unexpected("more than one reply came to a command")
                }
                return .send(try ask(after: text))
            }
            return try answer(text, rest)
        }
        return .receive
    }

    private mutating func ask(after reply: String) throws(Fault) -> RedisCommand {
        if reply.hasPrefix("-") {
            let failure = RedisFailure(String(reply.dropFirst()))
            // A server that does not know the capabilities is asked all the same.
            guard failure.kind == "ERR", !failure.message.hasPrefix("ERR unknown command") else {
                throw RedisRefusal.fault(failure, to: "REPLCONF", at: address)
            }
        }
        isAsked = true
        guard let place else { return RedisCommand("PSYNC", "?", "-1") }
        return RedisCommand("PSYNC", place.replicationID, "\(place.offset + 1)")
    }

    private func answer(_ text: String, _ rest: [UInt8]) throws(Fault) -> Step {
        if text.hasPrefix("-") {
            let failure = RedisFailure(String(text.dropFirst()))
            throw RedisRefusal.fault(failure, to: "PSYNC", at: address)
        }
        let words = text.split(separator: " ").map(String.init)
        switch words.first {
        case "+CONTINUE":
            guard let place, words.count <= 2, Self.isID(words.last ?? "") || words.count == 1
            else {
                throw unexpected("a malformed continuation")
            }
            let id = words.count == 2 ? words[1] : place.replicationID
            return .continued(replicationID: id, first: rest)
        case "+FULLRESYNC":
            guard words.count == 3, Self.isID(words[1]), let offset = Int64(words[2]), offset >= 0
            else { throw unexpected("a malformed full synchronisation") }
            return .elsewhere(RedisStreamPlace(replicationID: words[1], offset: UInt64(offset)))
        default: throw unexpected("neither a continuation nor a full synchronisation was offered")
        }
    }

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 40 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    private func unexpected(_ fact: String) -> Fault {
        Fault(
            .redisProtocol,
            "unable to follow Redis at '\(address.endpoint)': \(fact)",
            hints: ["Make sure that the address is that of a Redis server, not of a proxy."]
        )
    }
}
