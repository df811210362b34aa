package import Model

/// The master's side of one full synchronisation, without any I/O: bytes of a replica in, what to do out.
///
/// ```
/// the server                         we
/// PING                               +PONG
/// AUTH, REPLCONF listening-port …    +OK                 whatever it says of itself
/// PSYNC … or SYNC                    +FULLRESYNC <replication id> 0       (nothing for SYNC)
///                                    $<length>\r\n RDB
/// \n \n …                                                while it loads
/// REPLCONF ACK <offset>                                  it has loaded it
///                                    commands
/// REPLCONF ACK <offset>                                  it has done so much of them
/// ```
/// Source: `replication.c` of Redis 7.0 and 8.2, and of Valkey 9.0.
package struct RedisMasterConversation: Sendable {
    /// What to do next.
    package enum Step: Sendable, Equatable {
        /// Send this.
        case send([UInt8])
        /// Send this, then the announced RDB.
        case synchronise([UInt8])
        /// The replica has loaded the RDB.
        case loaded
        /// It has done so many bytes of the commands that came after.
        case done(UInt64)
    }

    private let length: Int64
    private let replicationID: String
    private var isLoaded = false
    private var decoder = RedisReplyDecoder()
    private var isSynchronising = false
    /// The port that the replica says it listens on.
    package private(set) var listeningPort: Int?

    /// Makes the machine for an RDB of a length; the id has 40 hexadecimal digits.
    package init(length: ByteCount, replicationID: String) {
        self.length = length.bytes
        self.replicationID = replicationID
    }

    /// Takes bytes of the replica.
    ///
    /// - Throws: `redisProtocol`.
    package mutating func received(_ bytes: [UInt8]) throws(Fault) -> [Step] {
        decoder.append(bytes)
        var steps: [Step] = []
        decoder.skipLineFeeds()
        while let request = try decoder.next() {
            if let step = try answer(request) { steps.append(step) }
            decoder.skipLineFeeds()
        }
        return steps
    }

    private mutating func answer(_ request: RedisReply) throws(Fault) -> Step? {
        guard case .array(let items) = request, let name = items.first?.text?.uppercased() else {
            throw refusal("what came is no command of a replica")
        }
        switch name {
        case "PING": return .send(Array("+PONG\r\n".utf8))
        case "PSYNC", "SYNC":
            guard !isSynchronising else { return nil }
            isSynchronising = true
            let offer = name == "PSYNC" ? "+FULLRESYNC \(replicationID) 0\r\n" : ""
            return .synchronise(Array("\(offer)$\(length)\r\n".utf8))
        case "REPLCONF":
            let option = items.dropFirst().first?.text?.lowercased()
            if option == "ack" { return acknowledged(items) }
            if option == "listening-port", items.count > 2 {
                listeningPort = items[2].text.flatMap { Int($0) }
            }
            return .send(Array("+OK\r\n".utf8))
        default: return .send(Array("+OK\r\n".utf8))
        }
    }

    private mutating func acknowledged(_ items: [RedisReply]) -> Step? {
        guard isSynchronising else { return nil }
        defer { isLoaded = true }
        guard isLoaded else { return .loaded }
        return items.dropFirst(2).first?.text.flatMap { UInt64($0) }.map { .done($0) }
    }

    private func refusal(_ fact: String) -> Fault {
        Fault(.redisProtocol, "unable to send a snapshot to Redis: \(fact)")
    }
}
