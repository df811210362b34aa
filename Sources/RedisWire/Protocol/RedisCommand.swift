/// A command for a Redis server: its name and its arguments, all bytes.
public struct RedisCommand: Sendable, Hashable {
    /// The name, then the arguments.
    public let words: [[UInt8]]

    /// Makes a command of raw words, the name first.
    public init(words: [[UInt8]]) {
        precondition(!words.isEmpty, "a command has at least a name")
        self.words = words
    }

    /// Makes a command of texts.
    public init(_ name: String, _ arguments: String...) {
        words = ([name] + arguments).map { Array($0.utf8) }
    }

    /// The name as faults show it; arguments are never shown, they may be secrets.
    public var name: String { String(decoding: words.first ?? [], as: UTF8.self) }

    /// Appends the command as it goes over the wire: an array of bulk strings.
    ///
    /// ```
    /// *2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n
    /// ```
    public func encode(into bytes: inout [UInt8]) {
        Self.header("*", words.count, into: &bytes)
        for word in words {
            Self.header("$", word.count, into: &bytes)
            bytes += word
            bytes += [0x0D, 0x0A]
        }
    }

    /// The command as it goes over the wire.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }

    private static func header(_ kind: Unicode.Scalar, _ count: Int, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: kind))
        bytes += "\(count)\r\n".utf8
    }
}
