public import Model

/// What a receiver tells the server inside the COPY of `START_REPLICATION`.
///
/// ```text
///   'r'  written 8   flushed 8   applied 8   sent at 8   reply now 1      (last byte + 1)
/// ```
/// The flushed position moves the slot and, for a synchronous standby, releases commits: report
/// nothing that is not durable. The applied position is never ahead of the flushed one, since
/// nothing is applied here.
public struct StandbyStatus: Sendable, Hashable {
    /// How far the log was received.
    public let written: LSN
    /// How far it is durable.
    public let flushed: LSN
    /// How far it is applied: at most ``flushed``.
    public let applied: LSN
    /// When this is sent.
    public let sentAt: Instant
    /// Whether the server is to answer with a keepalive at once.
    public let replyRequested: Bool

    /// Makes a report; `applied` is cut to `flushed`, `written` raised to it.
    public init(
        written: LSN,
        flushed: LSN,
        applied: LSN,
        sentAt: Instant,
        replyRequested: Bool
    ) {
        self.written = max(written, flushed)
        self.flushed = flushed
        self.applied = min(applied, flushed)
        self.sentAt = sentAt
        self.replyRequested = replyRequested
    }

    /// The 34 bytes of the message.
    public var encoded: [UInt8] {
        var message = [UInt8(ascii: "r")]
        let time = UInt64(bitPattern: sentAt.postgresMicroseconds)
        for value in [written.value, flushed.value, applied.value, time] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                message.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        message.append(replyRequested ? 1 : 0)
        return message
    }
}
