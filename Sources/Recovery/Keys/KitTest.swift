public import Model
internal import Sealing
internal import StackConfiguration
public import Vault

/// Proves that a recovery kit opens the backups of a stack, by reading one file of the newest
/// snapshot of each component.
public struct KitTest: Sendable {
    /// What was opened of one component.
    public struct Proof: Sendable {
        /// The component.
        public let component: String
        /// The snapshot.
        public let snapshot: Snapshot
        /// The file that was read and compared with its digest; nil when the snapshot has none with
        /// content.
        public let path: String?
    }

    /// Files up to this size are preferred, so that the test is quick.
    private static let handy: Int64 = 1 << 20
    /// How many entries are looked at for a handy one.
    private static let patience = 10_000

    private let stack: Stack

    /// Prepares a test.
    public init(_ stack: Stack) { self.stack = stack }

    /// Runs the test.
    ///
    /// - Throws: `E-KIT-FOREIGN`, `E-KEY-WRONG` when the kit does not open a snapshot,
    ///   `E-SNAPSHOT-NONE` when there is nothing to open, `E-VAULT-DAMAGED`, and what reading the
    ///   vault throws.
    public func run(_ kit: RecoveryKit) async throws(Fault) -> [Proof] {
        let vault = try await stack.openVault(expecting: kit.vault)
        var proofs: [Proof] = []
        for component in stack.configuration.components {
            let newest = try await vault.newest(of: stack.stream(of: component.name))
            guard let snapshot = newest.heads.first else { continue }
            let path = try await Self.open(snapshot, in: vault, identities: kit.identities)
            proofs.append(Proof(component: component.name, snapshot: snapshot, path: path))
        }
        guard !proofs.isEmpty else {
            throw Fault(
                .noSnapshot,
                "unable to test the recovery kit: there is no snapshot yet",
                hints: ["Run `lifeboat backup` first."]
            )
        }
        return proofs
    }

    private static func open(
        _ snapshot: Snapshot,
        in vault: Vault,
        identities: [AgeIdentity]
    ) async throws(Fault) -> String? {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        var chosen: ManifestEntry?
        var seen = 0
        while seen < patience, let entry = try await manifest.next() {
            seen += 1
            guard entry.kind == .file, entry.size > 0 else { continue }
            if chosen.map({ entry.size < $0.size }) ?? true { chosen = entry }
            if entry.size <= handy { break }
        }
        guard let entry = chosen else { return nil }
        var digest = DigestStream()
        var content: [UInt8] = []
        let isSecret = snapshot.head.kind == .secrets
        try await ContentReader(vault, snapshot: snapshot, identities: identities).read(entry) {
            bytes throws(Fault) in
            digest.update(bytes)
            if isSecret, content.count <= Int(handy) { content += bytes }
        }
        if case .sha256(let expected) = entry.digest, digest.finish() != expected {
            throw Fault(
                .damaged,
                "unable to read '\(entry.displayedPath)' of '\(snapshot.id)': it is not what it was",
                hints: ["Run `lifeboat check --deep` to see everything that is damaged."]
            )
        }
        if isSecret { _ = try AgeFile.open(content, with: identities) }
        return entry.displayedPath
    }
}
