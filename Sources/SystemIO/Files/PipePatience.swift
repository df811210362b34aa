/// How long a reader waits for a pipe.
public struct PipePatience: Sendable {
    /// For somebody to begin to write.
    public var forWriter: Duration
    /// For the next byte while a writer is there: a person may be typing a passphrase.
    public var forBytes: Duration

    /// Sets both spans.
    public init(forWriter: Duration, forBytes: Duration) {
        self.forWriter = forWriter
        self.forBytes = forBytes
    }

    /// Ten seconds, and five minutes.
    public static let standard = PipePatience(forWriter: .seconds(10), forBytes: .seconds(300))
}
