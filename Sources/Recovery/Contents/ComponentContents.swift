public import FileProtection
public import Model
internal import Protection
public import Sealing
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// The snapshots of one component, to be looked into without restoring anything.
public struct ComponentContents: Sendable {
    private let stack: Stack
    private let name: String
    private let copies: UnitedCopies
    private let identities: [AgeIdentity]

    /// Opens the copies.
    ///
    /// What a snapshot is made of can be seen with the host's own keys; contents need one of `identities`.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, `E-KEY-NONE` when nothing is at hand that opens a snapshot, `E-COPY-UNKNOWN`, and what opening the
    ///   copies throws when none is there.
    public init(
        _ stack: Stack,
        _ component: String,
        copy: String? = nil,
        identities: [AgeIdentity],
        expecting vault: Digest256? = nil
    ) async throws(Fault) {
        _ = try stack.selection([component])
        self.stack = stack
        name = component
        let own = (try? stack.hostKeys()).map { [$0.identity] } ?? []
        self.identities = identities + own
        guard !self.identities.isEmpty else {
            throw Fault(
                .identityMissing,
                "unable to look into '\(component)': nothing that opens a snapshot is at hand",
                hints: ["Name the recovery kit, or another file with an identity: --identity FILE"]
            )
        }
        copies = try await stack.copiesToRead(copy, expecting: vault)
    }

    /// The snapshot nearest before a point, or the one that a person names.
    ///
    /// - Throws: `E-SNAPSHOT-NONE`, `E-VALUE`, `E-TARGET-LOG` for a point of a log.
    public func tree(
        at target: RecoveryTarget,
        named text: String? = nil
    ) async throws(Fault) -> SnapshotTree {
        let stream = stack.stream(of: name)
        guard let text else {
            return tree(try await SnapshotChoice.newest(of: stream, in: copies.vault, at: target))
        }
        let host = stack.configuration.host
        let id = try await stack.snapshot(named: text, of: host, in: copies.vault)
        let all = try await copies.vault.acceptingRevoked.snapshots(of: stream).snapshots
        guard let snapshot = all.first(where: { $0.id == id }) else {
            throw Fault(
                .noSnapshot,
                "unable to find snapshot '\(text)': it is none of '\(name)'",
                hints: ["See what is there with `lifeboat ls`."]
            )
        }
        return tree(snapshot)
    }

    /// Every snapshot that can be trusted, the newest first.
    ///
    /// - Throws: what listing throws.
    public func trees() async throws(Fault) -> [SnapshotTree] {
        try await copies.vault.snapshots(of: stack.stream(of: name)).snapshots
            .sorted { $0.id.seq > $1.id.seq }.map { tree($0) }
    }

    private func tree(_ snapshot: Snapshot) -> SnapshotTree {
        SnapshotTree(copies.vault, snapshot: snapshot, identities: identities)
    }

    /// Writes one file of a snapshot to standard output.
    ///
    /// - Throws: as ``SnapshotTree/read(_:isSealed:_:)``, `E-IO-…` when standard output takes nothing.
    public static func dump(
        _ path: String,
        of tree: SnapshotTree,
        isSealed: Bool
    ) async throws(Fault) {
        let number: FileDescriptor
        do { number = try FileDescriptor.standardOutput.duplicate() } catch {
            throw .unable("open", "standard output", error as? Errno ?? .badFileDescriptor)
        }
        let output = Descriptor(owning: number.rawValue, path: "standard output")
        try await tree.read(FilePath(path), isSealed: isSealed) { (piece) throws(Fault) in
            try output.write(piece)
        }
        try output.close()
    }
}
