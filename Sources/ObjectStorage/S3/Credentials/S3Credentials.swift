public import Model

/// What an S3 server knows a client by; printing one shows no secret.
public struct S3Credentials: Sendable, Equatable {
    /// The public name of the key.
    public let accessKey: String
    /// The secret that signs.
    package let secretKey: String
    /// What goes with temporary credentials.
    package let sessionToken: String?
    /// When they stop working; nil for credentials that last.
    public let expires: Instant?

    /// Puts credentials together.
    public init(
        accessKey: String,
        secretKey: String,
        sessionToken: String? = nil,
        expires: Instant? = nil
    ) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.expires = expires
    }
}

extension S3Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The public name of the key alone.
    public var description: String { "access key \(accessKey)" }
    /// The public name of the key alone.
    public var debugDescription: String { description }
    /// The public name of the key alone.
    public var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }
}
