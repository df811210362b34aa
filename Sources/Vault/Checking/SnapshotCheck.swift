internal import Model
internal import Sealing

/// Decodes every file of one snapshot and compares it with its digest.
struct SnapshotCheck {
    private let vault: Vault
    private let snapshot: Snapshot
    private let identities: [AgeIdentity]

    init(_ vault: Vault, _ snapshot: Snapshot, identities: [AgeIdentity]) {
        self.vault = vault
        self.snapshot = snapshot
        self.identities = identities
    }

    /// - Returns: how many files were compared.
    /// - Throws: `E-VAULT-DAMAGED` or `E-VAULT-MISSING` for the first that is not what it should be.
    func run() async throws(Fault) -> Int {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        let contents = try ContentReader(vault, snapshot: snapshot, identities: identities)
        var files = 0
        while let entry = try await manifest.next() {
            guard entry.kind == .file else { continue }
            var check = ContentCheck(entry, pageKey: manifest.pageKey)
            try await contents.read(entry) { bytes throws(Fault) in check.update(bytes) }
            guard check.finish() else {
                throw .damaged(
                    snapshot.id.description,
                    "'\(entry.displayedPath)' is not what it was when it was stored"
                )
            }
            files += 1
        }
        return files
    }
}
