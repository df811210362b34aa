/// Objects in a bucket of an S3 service, and how it is reached.
public struct BucketConfiguration: Sendable, Hashable {
    /// The bucket.
    public var bucket: String
    /// What the names of all objects begin with, without `/` at its ends; empty for the whole bucket.
    public var prefix: String
    /// The service, `https://host[:port]`; nil for the environment's, else AWS's own.
    public var endpoint: String?
    /// The region; nil for the environment's.
    public var region: String?
    /// Whether the bucket stands in the path rather than in the host name; nil lets the endpoint decide.
    public var pathStyle: Bool?
    /// The file with the certificates that vouch for the endpoint, an absolute path; nil for the system's.
    public var authorities: String?
    /// Where the access key is; nil for the chain that AWS's own programs follow.
    public var credentials: SecretReference?
    /// The storage class of what is written, such as `GLACIER_IR`; nil for the bucket's own.
    public var storageClass: String?

    /// Groups the parts.
    public init(
        bucket: String,
        prefix: String = "",
        endpoint: String? = nil,
        region: String? = nil,
        pathStyle: Bool? = nil,
        authorities: String? = nil,
        credentials: SecretReference? = nil,
        storageClass: String? = nil
    ) {
        self.bucket = bucket
        self.prefix = prefix
        self.endpoint = endpoint
        self.region = region
        self.pathStyle = pathStyle
        self.authorities = authorities
        self.credentials = credentials
        self.storageClass = storageClass
    }

    /// The bucket and the prefix as a URL.
    public var url: String { prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)" }

    /// Reads `s3://bucket` and `s3://bucket/prefix`; nil for anything else.
    ///
    /// A prefix is labels of letters, digits, `.`, `-` and `_`, none beginning with a dot, as in the names of objects.
    public init?(url: String) {
        guard url.hasPrefix("s3://") else { return nil }
        var parts = url.dropFirst(5).split(separator: "/", omittingEmptySubsequences: false)[...]
        if parts.count > 1, parts.last?.isEmpty == true { parts = parts.dropLast() }
        guard let bucket = parts.popFirst(), Self.isBucket(bucket), parts.allSatisfy(Self.isLabel)
        else { return nil }
        self.init(bucket: String(bucket), prefix: parts.joined(separator: "/"))
    }

    private static func isBucket(_ text: Substring) -> Bool {
        let isPlain = text.utf8.allSatisfy {
            (48...57).contains($0) || (97...122).contains($0) || ".-".utf8.contains($0)
        }
        guard isPlain, (3...63).contains(text.utf8.count), let first = text.first,
            let last = text.last
        else { return false }
        return !".-".contains(first) && !".-".contains(last)
    }

    private static func isLabel(_ text: Substring) -> Bool {
        (1...255).contains(text.utf8.count) && !text.hasPrefix(".")
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "._-".utf8.contains($0)
            }
    }
}
