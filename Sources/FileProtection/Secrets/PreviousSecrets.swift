internal import Model
internal import Vault

/// The sealed secrets of the previous snapshot by path; a host has few secrets.
struct PreviousSecrets {
    private var entries: [[UInt8]: ManifestEntry] = [:]
    /// Why they cannot be used; then every secret is sealed anew.
    private(set) var refusal: Fault?

    /// Reads the manifest of the previous snapshot, unless its secrets are sealed to others than `recipients`.
    init(_ session: BackupSession, recipients: String) async throws(Fault) {
        guard session.previous?.head.facts["recipients"] == recipients else { return }
        do throws(Fault) {
            guard let reader = try await session.previousManifest() else { return }
            while let entry = try await reader.next() {
                if !entry.secretTag.isEmpty { entries[entry.path] = entry }
            }
        } catch  where BackupSession.canDoWithout(error) {
            entries = [:]
            refusal = error
        }
    }

    /// The stored sealed form of a secret with this tag, if it is the one of the previous snapshot.
    func content(of path: [UInt8], tag: [UInt8], _ session: BackupSession) -> Content? {
        guard let entry = entries[path], entry.secretTag == tag else { return nil }
        return session.content(of: entry)
    }
}
