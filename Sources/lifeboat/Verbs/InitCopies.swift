import Model
import StackConfiguration
import SystemPackage

/// The places of `init --copy` as copies.
enum InitCopies {
    /// Folders are named `local`, `local-2` and so on, buckets `s3`, `s3-2`.
    ///
    /// An endpoint that the environment names is written down: what was made there is found there again. Credentials stay where
    /// they are.
    ///
    /// - Throws: `E-USAGE` for a bucket's URL that is none.
    static func configurations(
        _ places: [String],
        variables: [String: String]
    ) throws(Fault) -> [CopyConfiguration] {
        var counts: [String: Int] = [:]
        var copies: [CopyConfiguration] = []
        for place in places {
            let isBucket = place.hasPrefix("s3:")
            let kind = isBucket ? "s3" : "local"
            counts[kind, default: 0] += 1
            let number = counts[kind] ?? 1
            copies.append(
                CopyConfiguration(
                    name: number == 1 ? kind : "\(kind)-\(number)",
                    address: isBucket
                        ? try bucket(place, variables)
                        : .directory(WorkingDirectory.absolute(place).string)
                )
            )
        }
        return copies
    }

    private static func bucket(
        _ url: String,
        _ variables: [String: String]
    ) throws(Fault) -> CopyConfiguration.Address {
        guard var bucket = BucketConfiguration(url: url) else {
            throw Fault(
                .usage,
                "unable to make a copy in '\(url)': it is no bucket's address",
                hints: [
                    "Write it as s3://bucket/prefix; a prefix is letters, digits, '.', '-', '_'."
                ]
            )
        }
        let names = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]
        bucket.endpoint = names.lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
        let regions = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        bucket.region = regions.lazy.compactMap { variables[$0] }.first { !$0.isEmpty }
        return .bucket(bucket)
    }
}
