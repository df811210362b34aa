public import Model

/// A message of the server inside the COPY of `START_REPLICATION`.
///
/// ```text
///   'w'  start 8   server end 8   sent at 8   WAL bytes …
///   'k'  server end 8   sent at 8   reply now 1
/// ```
/// Big-endian; times are microseconds since 2000-01-01. Source: "Streaming Replication Protocol" of
/// the manual.
public enum ReplicationMessage: Sendable, Hashable {
    /// A piece of the log that begins at `start`; `serverEnd` is how far the server's own log
    /// reaches.
    case wal(start: LSN, bytes: [UInt8], serverEnd: LSN, sentAt: Instant)
    /// A sign of life; reply at once when asked to.
    case keepalive(serverEnd: LSN, sentAt: Instant, replyRequested: Bool)
    /// The timeline ended; streaming goes on from `switchPoint` on `nextTimeline` with a new start.
    case endOfTimeline(nextTimeline: UInt32, switchPoint: LSN)

    /// Reads the content of one CopyData message; the WAL bytes are copied once.
    ///
    /// - Throws: `E-PG-PROTOCOL` for anything but the two forms above.
    public init(decoding message: RawSpan) throws(Fault) {
        guard message.byteCount > 0 else { throw Self.fault("a message is empty") }
        switch message.littleEndian(UInt8.self, at: 0) {
        case UInt8(ascii: "w"):
            guard message.byteCount >= 25 else { throw Self.fault("a WAL message is cut short") }
            let start = message.bigEndian(UInt64.self, at: 1)
            guard !start.addingReportingOverflow(UInt64(message.byteCount - 25)).overflow else {
                throw Self.fault("a position is out of range")
            }
            self = .wal(
                start: LSN(start),
                bytes: message.bytes(from: 25),
                serverEnd: LSN(message.bigEndian(UInt64.self, at: 9)),
                sentAt: try Self.instant(message.bigEndian(Int64.self, at: 17))
            )
        case UInt8(ascii: "k"):
            guard message.byteCount == 18 else { throw Self.fault("a keepalive has a wrong size") }
            self = .keepalive(
                serverEnd: LSN(message.bigEndian(UInt64.self, at: 1)),
                sentAt: try Self.instant(message.bigEndian(Int64.self, at: 9)),
                replyRequested: message.littleEndian(UInt8.self, at: 17) != 0
            )
        default: throw Self.fault("a message is of an unknown kind")
        }
    }

    /// A time within two and a half centuries of 2000, which ``Instant`` can hold.
    private static func instant(_ microseconds: Int64) throws(Fault) -> Instant {
        guard microseconds.magnitude < 8_000_000_000_000_000 else {
            throw fault("a time is out of range")
        }
        return Instant(postgresMicroseconds: microseconds)
    }

    static func fault(_ fact: String) -> Fault {
        Fault(.postgresProtocol, "unable to read replication stream 'COPY': \(fact)")
    }
}
