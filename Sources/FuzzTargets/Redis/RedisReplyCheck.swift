import Model
import RedisWire

/// However the network cuts them, replies are the same, and written anew they are read as they were.
enum RedisReplyCheck {
    private struct Reading: Equatable {
        var replies: [RedisReply] = []
        var refusal: String?
        var unread: [UInt8] = []
    }

    /// Limits that short inputs reach.
    private static let narrow = RedisReplyLimits(
        line: ByteCount(32),
        bulk: ByteCount(64),
        elements: 32,
        depth: 4,
        total: ByteCount(128)
    )

    static func check(_ input: [UInt8]) throws(CheckFailure) {
        for limits in [RedisReplyLimits.standard, narrow] {
            let whole = read(Cut.whole(input), limits)
            let small = read(Cut.small(input), limits)
            try require(whole == small, "in one piece \(whole), in small ones \(small)")
        }
        let replies = read(Cut.whole(input), .standard).replies
        let again = read([replies.flatMap(encoded)[...]], .standard)
        try require(
            again == Reading(replies: replies),
            "\(replies) written anew are read as \(again)"
        )
        let steps = converse(Cut.whole(input))
        let sameSteps = converse(Cut.small(input))
        try require(steps == sameSteps, "in one piece \(steps), in small ones \(sameSteps)")
        let places = follow(Cut.whole(input))
        let samePlaces = follow(Cut.small(input))
        try require(places == samePlaces, "in one piece \(places), in small ones \(samePlaces)")
        for pieces in [Cut.whole(input), Cut.small(input)] {
            let body = transfer(pieces).value ?? []
            try require(body.count <= input.count, "more of the RDB than was sent")
        }
    }

    private static func read(
        _ pieces: [ArraySlice<UInt8>],
        _ limits: RedisReplyLimits
    ) -> Reading {
        var reading = Reading()
        var decoder = RedisReplyDecoder(limits: limits)
        do throws(Fault) {
            for piece in pieces {
                decoder.append(piece)
                while let reply = try decoder.next() { reading.replies.append(reply) }
            }
            reading.unread = Array(decoder.unread)
        } catch {
            reading.refusal = error.description
        }
        return reading
    }

    private static func encoded(_ reply: RedisReply) -> [UInt8] {
        switch reply {
        case .status(let text): Array("+\(text)\r\n".utf8)
        case .failure(let failure): Array("-\(failure.message)\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .bulk(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .null: Array("$-1\r\n".utf8)
        case .array(let replies):
            Array("*\(replies.count)\r\n".utf8) + replies.flatMap(encoded)
        }
    }

    /// What we answer when the input is a replica's side.
    private static func converse(
        _ pieces: [ArraySlice<UInt8>]
    ) -> Outcome<[RedisMasterConversation.Step]> {
        Outcome { () throws(Fault) in
            var machine = RedisMasterConversation(
                length: ByteCount(9),
                replicationID: String(repeating: "ab", count: 20)
            )
            var steps: [RedisMasterConversation.Step] = []
            for piece in pieces { steps += try machine.received(Array(piece)) }
            return steps
        }
    }

    /// Where one may stop when the input is what a master sends after its RDB, how far it was read, and why not further.
    private static func follow(_ pieces: [ArraySlice<UInt8>]) -> [String] {
        var splitter = RedisStreamSplitter(at: 7)
        let outcome = Outcome { () throws(Fault) in
            for piece in pieces { try splitter.feed(Array(piece)) }
            return true
        }
        return ["\(splitter.boundary)", "\(splitter.position)", "\(outcome)"]
    }

    /// The RDB that the input sends us when it is a master's side.
    private static func transfer(_ pieces: [ArraySlice<UInt8>]) -> Outcome<[UInt8]> {
        Outcome { () throws(Fault) in
            var machine = RedisSnapshotTransfer(
                address: RedisAddress(endpoint: .socket(path: "/redis.sock"))
            )
            var body: [UInt8] = []
            _ = machine.begin()
            for piece in pieces { _ = try machine.received(Array(piece), body: &body) }
            return body
        }
    }
}
