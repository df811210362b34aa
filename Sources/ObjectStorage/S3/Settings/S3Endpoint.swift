package import Model

/// Where requests go: what settings, environment and profile come to together.
///
/// | | first that has it |
/// |---|---|
/// | address | settings, `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, `endpoint_url` of the profile, AWS' own of the region |
/// | region | settings, `AWS_REGION`, `AWS_DEFAULT_REGION`, `region` of the profile, the label after `s3.` in the address, `us-east-1` |
/// | style | settings; path style with an address of one's own, else the host's name unless the bucket has a dot |
package struct S3Endpoint: Sendable, Equatable {
    /// Whether it speaks TLS.
    package let isSecure: Bool
    /// The name of the host, without the bucket.
    package let host: String
    /// The port, unless it is the usual one.
    package let port: Int?
    /// The path before the bucket, from its `/` on, without one at its end; mostly empty.
    package let basePath: String
    /// The bucket.
    package let bucket: String
    /// Whether the bucket stands in the path.
    package let isPathStyle: Bool
    /// The region that signatures name.
    package let region: String

    /// Puts it together.
    ///
    /// - Throws: `E-VALUE` when the address is no URL of a host.
    package init(
        _ settings: S3Settings,
        environment: [String: String],
        profile: [String: String]
    ) throws(Fault) {
        func first(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let address =
            settings.endpoint ?? first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
            ?? profile["endpoint_url"]
        let named =
            settings.region ?? first("AWS_REGION", "AWS_DEFAULT_REGION") ?? profile["region"]
        bucket = settings.bucket
        if let address {
            let parts = try Self.parse(address)
            (isSecure, host, port, basePath) = parts
            region = named ?? Self.region(in: parts.host) ?? "us-east-1"
            isPathStyle = settings.pathStyle ?? true
        } else {
            region = named ?? "us-east-1"
            let suffix = region.hasPrefix("cn-") ? ".cn" : ""
            (isSecure, host, port, basePath) = (
                true, "s3.\(region).amazonaws.com\(suffix)", nil, ""
            )
            isPathStyle = settings.pathStyle ?? settings.bucket.contains(".")
        }
    }

    /// What the header `Host` says.
    package var authority: String {
        let name = isPathStyle ? host : "\(bucket).\(host)"
        return port.map { "\(name):\($0)" } ?? name
    }

    /// `https://host:port`, before the path.
    package var origin: String { (isSecure ? "https://" : "http://") + authority }

    /// The path of a key, or of the bucket; not encoded.
    package func path(_ key: String?) -> String {
        let root = isPathStyle ? "\(basePath)/\(bucket)" : basePath
        return root + (key.map { "/\($0)" } ?? (isPathStyle ? "" : "/"))
    }

    private typealias Parts = (isSecure: Bool, host: String, port: Int?, basePath: String)

    private static func parse(_ address: String) throws(Fault) -> Parts {
        func bad(_ fact: String) -> Fault {
            Fault(
                .invalidValue,
                "unable to use endpoint '\(address)': \(fact)",
                hints: ["Write it as https://host or http://host:port."]
            )
        }
        let schemes = [("https://", true), ("http://", false)]
        guard let scheme = schemes.first(where: { address.hasPrefix($0.0) }) else {
            throw bad("it begins neither with 'https://' nor with 'http://'")
        }
        let rest = address.dropFirst(scheme.0.utf8.count)
        let authority = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(authority.count)
        guard !path.contains(where: { "?#%".contains($0) }), !authority.contains("@") else {
            throw bad("it has parts that are no host, port or path")
        }
        let base = String(path.last == "/" ? path.dropLast() : path)
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = Int(authority[authority.index(after: colon)...]),
                (1...65535).contains(number)
            else { throw bad("its port is no number from 1 to 65535") }
            host = authority[..<colon]
            port = number == (scheme.1 ? 443 : 80) ? nil : number
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw bad("it names no host")
        }
        return (scheme.1, host.lowercased(), port, base)
    }

    /// The region in a host's name such as `s3.eu-central-003.backblazeb2.com`.
    private static func region(in host: String) -> String? {
        let labels = host.split(separator: ".")
        guard labels.count >= 4, labels[0] == "s3" else { return nil }
        return String(labels[1])
    }
}
