/// One reply of a Redis server in RESP2.
///
/// ```
/// +OK\r\n                       status
/// -ERR what went wrong\r\n      error
/// :42\r\n                       integer
/// $5\r\nhello\r\n               bulk string; `$-1\r\n` is null
/// *2\r\n:1\r\n:2\r\n            array; `*-1\r\n` is null
/// ```
///
/// Source: the Redis serialization protocol specification, version 2.
public enum RedisReply: Sendable, Hashable {
    /// A short text such as `OK`.
    case status(String)
    /// An error; the first word tells its kind.
    case failure(RedisFailure)
    /// A number.
    case integer(Int64)
    /// Bytes.
    case bulk([UInt8])
    /// No value.
    case null
    /// Several replies.
    case array([RedisReply])

    /// The text of a status or of a bulk string, with invalid UTF-8 repaired; nil for all others.
    public var text: String? {
        switch self {
        case .status(let text): text
        case .bulk(let bytes): String(decoding: bytes, as: UTF8.self)
        case .failure, .integer, .null, .array: nil
        }
    }
}
