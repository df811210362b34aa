internal import Model

/// What `format.json` says.
struct FormatDocument: Codable {
    var format = 1
    var type = "format"
    let vault: Digest256
    /// The operator's public key; its SHA-256 is ``vault``.
    let `operator`: String
    let environment: String
    /// Features that a program must know to read the vault.
    var read: [String] = []
    /// Features that a program must know to write to the vault.
    var write: [String] = []
    /// Features that a program must know to delete from the vault.
    var gc: [String] = []
}
