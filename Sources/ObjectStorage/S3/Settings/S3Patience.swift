/// How long an S3 store waits for what, and how often it tries.
public struct S3Patience: Sendable, Equatable {
    /// For a connection.
    public var connect: Duration = .seconds(10)
    /// For the next bytes of a reply, or for the server to take the next ones of a request.
    public var idle: Duration = .seconds(60)
    /// For a whole request without its bytes.
    public var request: Duration = .seconds(60)
    /// The bytes a second below which a transfer counts as stuck.
    public var slowest = 16 * 1024
    /// How often a request is tried.
    public var attempts = 10
    /// How often it is tried while nothing answers at the address at all.
    public var attemptsUnanswered = 5
    /// The longest time, from the first attempt on, after which a request is tried once more.
    public var total: Duration = .seconds(300)
    /// The longest wait before the second attempt; it doubles with every further one.
    public var firstWait: Duration = .milliseconds(200)
    /// The longest wait between two attempts that we choose ourselves; a server may ask for more.
    public var longestWait: Duration = .seconds(20)

    /// What suits a network; change what does not.
    public init() {}

    /// How long a request with so many bytes may take, both ways together.
    func limit(bytes: Int) -> Duration {
        request + .seconds(Double(bytes) / Double(max(1, slowest)))
    }
}
