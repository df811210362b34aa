public import Model

/// What a store has asked of its server so far, attempts that failed included.
public struct S3Traffic: Sendable, Equatable {
    /// The number of requests by what they are: `PUT`, `GET`, `HEAD`, `DELETE`, `POST`, `LIST`.
    public var requests: [String: Int] = [:]
    /// The bytes of all bodies that were sent whole.
    public var sent = ByteCount.zero
    /// The bytes of all bodies that came.
    public var received = ByteCount.zero

    /// All requests.
    public var total: Int { requests.values.reduce(0, +) }
}
