public import Model
public import SystemPackage

/// What a configuration says about a copy in an S3 bucket; a plain value without any secret.
///
/// What is nil comes from the environment and AWS' configuration files, as with AWS' own tools, then from a default:
/// see ``S3Endpoint``.
public struct S3Settings: Sendable, Equatable {
    /// The bucket.
    public var bucket: String
    /// The labels before the names of objects, with `/` in between; empty for none.
    public var prefix: String
    /// `https://host[:port][/path]`; nil for AWS' own of the region.
    public var endpoint: String?
    /// The region that signatures name.
    public var region: String?
    /// Whether the bucket stands in the path of a URL rather than in the name of the host.
    public var pathStyle: Bool?
    /// A PEM file with the certificates that the server's must descend from, instead of the system's.
    public var certificates: FilePath?
    /// Where the credentials come from.
    public var credentials: S3CredentialSource = .chain(profile: nil)
    /// The storage class of objects below ``storageClassPrefixes``; nil for the bucket's default.
    public var storageClass: String?
    /// Where ``storageClass`` holds.
    ///
    /// Heads are read all the time and stay in the default class, where they can be read.
    public var storageClassPrefixes = ["packs/"]
    /// The bytes a second, in both directions together; nil for as many as there are.
    public var limit: ByteCount?
    /// How new objects are protected from deletion; nil for not at all by us.
    public var lock: S3Lock?
    /// How long to wait for what.
    public var patience = S3Patience()

    /// The part of a bucket below a prefix.
    ///
    /// - Throws: `E-VALUE` when one of them is not what its description says.
    public init(bucket: String, prefix: String = "") throws(Fault) {
        guard Self.isBucket(bucket) else {
            throw Fault(
                .invalidValue,
                "unable to use bucket '\(bucket)': its name is not 3 to 63 of a-z 0-9 . - _",
                hints: ["Write it as s3://bucket/prefix."]
            )
        }
        guard prefix.isEmpty || ObjectName(prefix).map({ $0.text.utf8.count <= 500 }) ?? false
        else {
            throw Fault(
                .invalidValue,
                "unable to use prefix '\(prefix)' of bucket '\(bucket)': it is not labels of "
                    + "letters, digits, '.', '-' and '_' with '/' in between"
            )
        }
        self.bucket = bucket
        self.prefix = prefix
    }

    /// Reads `s3://bucket/prefix`; the prefix may be missing, and a `/` at its end is of no meaning.
    ///
    /// - Throws: `E-VALUE` when it is no such text.
    public init(url: String) throws(Fault) {
        guard url.hasPrefix("s3://") else {
            throw Fault(
                .invalidValue,
                "unable to use URL '\(url)': it does not begin with 's3://'",
                hints: ["Write it as s3://bucket/prefix."]
            )
        }
        let parts = url.dropFirst(5).split(
            separator: "/",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let prefix = parts.count > 1 ? String(parts[1]) : ""
        try self.init(
            bucket: String(parts.first ?? ""),
            prefix: prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
        )
    }

    /// `s3://bucket/prefix`.
    public var url: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)" }

    private static func isBucket(_ text: String) -> Bool {
        guard (3...63).contains(text.utf8.count), let first = text.utf8.first else { return false }
        func isPlain(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isPlain(first) && !text.contains("..")
            && text.utf8.allSatisfy { isPlain($0) || ".-_".utf8.contains($0) }
    }
}
