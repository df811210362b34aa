public import Model

// The conventions of `--json`: times in RFC 3339 UTC, sizes in bytes, durations in seconds.
extension JSONValue {
    /// A moment, RFC 3339 in UTC, exactly.
    public static func time(_ instant: Instant) -> JSONValue { .text(instant.exactText) }

    /// A size in bytes.
    public static func bytes(_ count: ByteCount) -> JSONValue { .integer(count.bytes) }

    /// A duration in seconds.
    public static func seconds(_ duration: Duration) -> JSONValue {
        let parts = duration.components
        return .number(Double(parts.seconds) + Double(parts.attoseconds) / 1e18)
    }
}
