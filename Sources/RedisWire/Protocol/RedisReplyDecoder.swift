public import Model

/// Turns the bytes of a server into replies, whatever way the network has split them.
///
/// Give it bytes with ``append(_:)`` and take replies with ``next()`` until that returns nil. It
/// does no I/O, looks at each byte once, and holds at most one reply besides the bytes that were
/// not yet asked for. After a fault it is of no further use: the place where the next reply begins
/// is unknown.
public struct RedisReplyDecoder: Sendable {
    private enum Item {
        case reply(RedisReply)
        case array(count: Int)
    }

    private struct OpenArray {
        var elements: [RedisReply]
        var missing: Int
    }

    private let limits: RedisReplyLimits
    private var buffer: [UInt8] = []
    private var position = 0
    /// How far the present line was searched for its end.
    private var searched = 0
    /// The length of the bulk string whose header has been read.
    private var pendingBulk: Int?
    private var open: [OpenArray] = []
    private var replyElements = 0
    private var replyBytes = 0

    /// Makes a decoder that refuses what exceeds the limits.
    public init(limits: RedisReplyLimits = .standard) { self.limits = limits }

    /// Adds what the server has sent.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if position > 0 {
            buffer.removeSubrange(..<position)
            searched -= position
            position = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Bytes that have arrived and belong to no reply yet.
    public var unread: ArraySlice<UInt8> { buffer[position...] }

    /// Takes the next complete reply; nil when more bytes are needed.
    ///
    /// - Throws: `redisProtocol` when the bytes are not RESP2 or claim more than the limits allow.
    public mutating func next() throws(Fault) -> RedisReply? {
        while let item = try nextItem() {
            guard let reply = try accept(item) else { continue }
            replyElements = 0
            replyBytes = 0
            return reply
        }
        return nil
    }

    /// Passes over line feeds where a reply would begin: so a replica says that it is alive.
    mutating func skipLineFeeds() {
        guard pendingBulk == nil, open.isEmpty else { return }
        while position < buffer.count, buffer[position] == 0x0A { position += 1 }
        searched = max(searched, position)
    }

    /// Puts an item where it belongs; the whole reply when that was its last piece.
    private mutating func accept(_ item: Item) throws(Fault) -> RedisReply? {
        replyElements += 1
        guard replyElements <= limits.elements else { throw refusal("too many elements") }
        var finished: RedisReply
        switch item {
        case .reply(let reply): finished = reply
        case .array(count: 0): finished = .array([])
        case .array(let count):
            guard open.count < limits.depth else { throw refusal("arrays nest too deep") }
            guard count <= limits.elements else { throw refusal("an array of \(count) elements") }
            open.append(OpenArray(elements: [], missing: count))
            return nil
        }
        while var last = open.popLast() {
            last.elements.append(finished)
            last.missing -= 1
            guard last.missing == 0 else {
                open.append(last)
                return nil
            }
            finished = .array(last.elements)
        }
        return finished
    }

    private mutating func nextItem() throws(Fault) -> Item? {
        if let length = pendingBulk { return try bulk(of: length) }
        guard let line = try nextLine() else { return nil }
        guard let kind = line.first else { throw refusal("an empty line") }
        let content = line.dropFirst()
        switch kind {
        case UInt8(ascii: "+"): return .reply(.status(String(decoding: content, as: UTF8.self)))
        case UInt8(ascii: "-"):
            return .reply(.failure(RedisFailure(String(decoding: content, as: UTF8.self))))
        case UInt8(ascii: ":"): return .reply(.integer(try number(content)))
        case UInt8(ascii: "$"):
            guard let length = try length(content, most: limits.bulk.bytes) else {
                return .reply(.null)
            }
            pendingBulk = length
            return try bulk(of: length)
        case UInt8(ascii: "*"):
            guard let count = try length(content, most: Int64(limits.elements)) else {
                return .reply(.null)
            }
            return .array(count: count)
        default: throw refusal("byte \(kind) where a reply begins")
        }
    }

    private mutating func bulk(of length: Int) throws(Fault) -> Item? {
        guard buffer.count - position >= length + 2 else { return nil }
        let end = position + length
        guard buffer[end] == 0x0D, buffer[end + 1] == 0x0A else {
            throw refusal("a bulk string that does not end where it said")
        }
        let bytes = Array(buffer[position..<end])
        position = end + 2
        searched = position
        pendingBulk = nil
        try count(length)
        return .reply(.bulk(bytes))
    }

    /// The next line without its end; nil when it is not complete.
    private mutating func nextLine() throws(Fault) -> ArraySlice<UInt8>? {
        let end = buffer[searched...].firstIndex(of: 0x0A)
        guard Int64((end ?? buffer.count) - position) <= limits.line.bytes else {
            throw refusal("a line without an end")
        }
        guard let end else {
            searched = buffer.count
            return nil
        }
        guard end > position, buffer[end - 1] == 0x0D else { throw refusal("a line without CR") }
        let line = buffer[position..<(end - 1)]
        position = end + 1
        searched = position
        try count(line.count)
        return line
    }

    private mutating func count(_ bytes: Int) throws(Fault) {
        replyBytes += bytes
        guard Int64(replyBytes) <= limits.total.bytes else { throw refusal("a reply too long") }
    }

    private func number(_ digits: ArraySlice<UInt8>) throws(Fault) -> Int64 {
        guard let number = Int64(String(decoding: digits, as: UTF8.self)) else {
            throw refusal("a number that is none")
        }
        return number
    }

    /// A length or a count; nil for -1.
    private func length(_ digits: ArraySlice<UInt8>, most: Int64) throws(Fault) -> Int? {
        let number = try number(digits)
        if number == -1 { return nil }
        guard 0...most ~= number else { throw refusal("a length of \(number)") }
        return Int(number)
    }

    private func refusal(_ fact: String) -> Fault {
        Fault(
            .redisProtocol,
            "unable to read the reply of the server: \(fact)",
            hints: ["Make sure that a Redis server without TLS listens at this address."]
        )
    }
}
