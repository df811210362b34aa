public import Model
public import ObjectStorage

/// A bucket of a server of a test, with credentials for it.
public struct S3Bucket: Sendable {
    /// The settings of a store in it, with the server's address and whatever else it needs.
    public var settings: S3Settings
    /// The variables that hold the credentials.
    public var environment: [String: String]

    /// A store in it, below a prefix of its own that nobody else has.
    ///
    /// - Throws: As the store's own initializer.
    public func store() throws(Fault) -> S3Store {
        try S3Store(fresh(), environment: environment)
    }

    /// The settings with a prefix of its own that nobody else has.
    public func fresh() -> S3Settings {
        var settings = settings
        settings.prefix = "t\(UInt64.random(in: 0...(.max)))/vault"
        return settings
    }
}
