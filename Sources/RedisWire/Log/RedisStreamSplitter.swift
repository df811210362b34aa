public import Model

/// Finds where in a stream of commands one may stop: behind a whole command that no open transaction holds.
///
/// ```
/// *2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n│*1\r\n$5\r\nMULTI\r\n … *1\r\n$4\r\nEXEC\r\n│*1\r\n$4\r\nPING\r\n│
///                                  ▲                                     ▲                     ▲
/// ```
/// Feed it what a master sends to its replicas, split in any way. It keeps no argument, only the name of the present command, so it is
/// small whatever a command's size. Anything but arrays of bulk strings is refused: where the next command begins would be a guess.
/// After a fault it is of no further use. Source: `replicationFeedSlaves` in `replication.c` of Redis 7.0.
public struct RedisStreamSplitter: Sendable {
    private enum State {
        /// A line that begins a command.
        case count
        /// A line that begins an argument.
        case length
        /// Bytes of an argument that are still to come, its line end among them.
        case argument(UInt64)
    }

    /// A sign, 19 digits and a carriage return.
    private static let longestLine = 21
    /// No command that matters here has a longer name.
    private static let longestName: UInt64 = 8

    /// The position of the next byte.
    public private(set) var position: UInt64
    /// The last position where one may stop; where it began, until a command has ended.
    public private(set) var boundary: UInt64

    private var state = State.count
    private var line: [UInt8] = []
    /// The arguments of the present command that are still to come.
    private var missing: UInt64 = 0
    /// Whether the present argument is the command's name.
    private var isName = false
    private var isNameKept = false
    private var name: [UInt8] = []
    private var isInTransaction = false

    /// Begins where a command begins.
    public init(at position: UInt64) {
        self.position = position
        boundary = position
    }

    /// Takes the next bytes; arguments are passed over without being looked at.
    ///
    /// - Throws: `redisProtocol` at a byte that belongs to no command.
    public mutating func feed(_ bytes: [UInt8]) throws(Fault) {
        var index = 0
        while index < bytes.count {
            if case .argument(let left) = state, left > 2, !isNameKept {
                let passed = Int(clamping: min(left - 2, UInt64(bytes.count - index)))
                index += passed
                position += UInt64(passed)
                state = .argument(left - UInt64(passed))
            } else {
                try take(bytes[index])
                index += 1
            }
        }
    }

    private mutating func take(_ byte: UInt8) throws(Fault) {
        switch state {
        case .count:
            guard let text = try endOfLine(byte) else { break }
            missing = try number(text, after: "*")
            guard missing > 0 else { throw refusal() }
            isName = true
            state = .length
        case .length:
            guard let text = try endOfLine(byte) else { break }
            let length = try number(text, after: "$")
            isNameKept = isName && length <= Self.longestName
            name.removeAll(keepingCapacity: true)
            state = .argument(length + 2)
        case .argument(let left):
            try take(byte, ofArgument: left)
        }
        position += 1
        if case .count = state, line.isEmpty, missing == 0, !isInTransaction {
            boundary = position
        }
    }

    private mutating func take(_ byte: UInt8, ofArgument left: UInt64) throws(Fault) {
        switch left {
        case 2: guard byte == 0x0D else { throw refusal() }
        case 1: guard byte == 0x0A else { throw refusal() }
        default: if isNameKept { name.append(byte) }
        }
        guard left == 1 else {
            state = .argument(left - 1)
            return
        }
        if isName { noteName() }
        isName = false
        isNameKept = false
        missing -= 1
        state = missing == 0 ? .count : .length
    }

    private mutating func noteName() {
        switch String(decoding: name, as: UTF8.self).uppercased() {
        case "MULTI": isInTransaction = true
        case "EXEC", "DISCARD": isInTransaction = false
        default: break
        }
    }

    /// The line that this byte ends, without its end; nil when it goes on.
    private mutating func endOfLine(_ byte: UInt8) throws(Fault) -> [UInt8]? {
        guard byte == 0x0A else {
            line.append(byte)
            guard line.count <= Self.longestLine else { throw refusal() }
            return nil
        }
        guard line.last == 0x0D else { throw refusal() }
        let text = Array(line.dropLast())
        line.removeAll(keepingCapacity: true)
        return text
    }

    private func number(_ line: [UInt8], after kind: Unicode.Scalar) throws(Fault) -> UInt64 {
        let digits = line.dropFirst()
        guard line.first == UInt8(ascii: kind), digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int64(String(decoding: digits, as: UTF8.self))
        else { throw refusal() }
        return UInt64(number)
    }

    private func refusal() -> Fault {
        Fault(
            .redisProtocol,
            "unable to read the commands of the server: what is at offset \(position) belongs to no command",
            hints: ["Make sure that the address is that of a Redis server, not of a proxy."]
        )
    }
}
