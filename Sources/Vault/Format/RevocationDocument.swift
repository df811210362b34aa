internal import Model

/// What `hosts/<host>/revoked-<hash16>.json` says: keys of a host do not count any more, but for what they signed before.
struct RevocationDocument: Codable {
    var format = 1
    var type = "revocation"
    let vault: Digest256
    let host: String
    let environment: String
    /// The keys, ordered.
    let keys: [String]
    /// What was stored from then on is not trusted.
    let since: Instant
    let time: Instant
    /// What stays trusted: the first 32 digits of the SHA-256 of the name of each object, ordered.
    let trusted: [String]
}

extension RevocationDocument {
    /// Whether bytes that are no revocation may be what is left of one.
    static func resembles(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        return ["revocation", "\"keys\":[", "\"trusted\":["].contains { text.contains($0) }
    }
}
