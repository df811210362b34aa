public import Model
import Synchronization

/// A store in an S3 bucket: an object is a key of its name below a prefix.
///
/// Requests are signed, tried again with back-off while the server is busy or unreachable, and checked: what was
/// stored is proven by the checksum in the reply or a look afterwards, what is read by its length. Connections are
/// shared by all copies of the value and close when the last one is gone. Memory: an upload reads from the caller's
/// array in pieces of 256 KiB; a reply is held once.
public struct S3Store: ObjectStore {
    let client: S3Client

    /// Prepares the connection to a bucket; no request is sent yet.
    ///
    /// - Parameters:
    ///   - settings: What the configuration says.
    ///   - environment: The variables of the program; see ``S3Settings``.
    ///   - secret: Gives credentials in the form of `~/.aws/credentials`, of which the section `default` counts, in
    ///     place of those that the settings lead to; asked again when a server refuses them.
    /// - Throws: `E-VALUE` for an address that is none, `E-IO-…` for a file that cannot be read.
    public init(
        _ settings: S3Settings,
        environment: [String: String],
        secret: (@Sendable () async throws(Fault) -> String)? = nil
    ) throws(Fault) {
        try self.init(settings, environment: environment, secret: secret, S3Surroundings())
    }

    /// Prepares the connection to a bucket, with clocks and chance of one's own.
    ///
    /// - Throws: As ``init(_:environment:secret:)``.
    package init(
        _ settings: S3Settings,
        environment: [String: String],
        secret: (@Sendable () async throws(Fault) -> String)? = nil,
        _ surroundings: S3Surroundings
    ) throws(Fault) {
        client = try S3Client(settings, environment: environment, secret: secret, surroundings)
    }

    /// `s3://bucket/prefix`.
    public var address: String { client.settings.url }

    /// The requests so far.
    public var traffic: S3Traffic { client.traffic.withLock { $0 } }

    /// The key of a name.
    func key(_ name: ObjectName) -> String { keyPrefix + name.text }

    /// What the keys of all objects begin with: empty, or ended by `/`.
    var keyPrefix: String {
        client.settings.prefix.isEmpty ? "" : "\(client.settings.prefix)/"
    }

    func act(_ what: String, _ name: String) -> S3Act {
        S3Act(what: what, name: name, address: address)
    }

    /// The name of a key; nil for one that is not ours.
    func name(ofKey key: String) -> ObjectName? {
        key.hasPrefix(keyPrefix) ? ObjectName(key.dropFirst(keyPrefix.utf8.count)) : nil
    }
}
