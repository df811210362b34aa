internal import Model

/// What `hosts/<host>/<number>.json` says: the operator vouches for a host's keys.
struct HostDocument: Codable {
    var format = 1
    var type = "host"
    let vault: Digest256
    let host: String
    let number: Int
    let environment: String
    /// The key that signs the host's heads.
    let key: String
    /// The host's own age recipient: reads manifests and directories.
    let recipient: String
    /// Whom the host seals data to.
    let recipients: [String]
    /// Keys of the host that the operator revoked; absent when there are none.
    var revoked: [String]?
    let time: Instant
}
