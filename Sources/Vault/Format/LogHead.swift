public import Model

/// The clear, signed part of a log piece (`Docs/format`, section 5).
public struct LogHead: Sendable, Codable {
    /// A transaction that the log is known to contain.
    public struct Heartbeat: Sendable, Codable, Hashable {
        /// When it was committed, by the server's clock, or slightly before.
        public let time: Instant
        /// Where its record ends.
        public let lsn: LSN

        /// Names a transaction.
        public init(time: Instant, lsn: LSN) {
            self.time = time
            self.lsn = lsn
        }
    }

    /// The format's number, 1.
    public internal(set) var format = 1
    /// `log`.
    public internal(set) var type = "log"
    /// The vault that it belongs to.
    public let vault: Digest256
    /// The host that wrote it.
    public let host: String
    /// The stream that it continues.
    public let stream: StreamName
    /// What kind of component it is the log of.
    public let kind: ComponentKind
    /// PostgreSQL: the system identifier.
    public let source: String
    /// PostgreSQL: the timeline.
    public let epoch: UInt32
    /// The first position, as 16 hexadecimal digits.
    public let from: String
    /// The first position after the last, as 16 hexadecimal digits.
    public let to: String
    /// The SHA-256 of the piece before it, as far as its writer knew.
    public let previous: Digest256?
    /// HMAC-SHA256 of the plain bytes under the host's log key.
    public let tag: String
    /// The server's clock when the last byte was sent.
    public let time: Instant
    /// The newest transaction known to be inside or before the piece.
    public let heartbeat: Heartbeat?
    /// The public key that signed it.
    public let by: String
    /// The text of the host's signed document, in case `hosts/` loses it.
    public let enrolment: String?
    /// What the component's kind records, by name.
    public let facts: [String: String]
    /// The sealed body.
    public internal(set) var body: BodyReference
}
