public import Model
internal import Sealing
internal import StackConfiguration
public import Vault

/// Proves that a recovery kit opens the backups of a stack, by reading one file of the newest
/// snapshot of each component.
public struct KitTest: Sendable {
    /// What was opened of one component.
    public struct Opened: Sendable {
        /// The component.
        public let component: String
        /// The snapshot.
        public let snapshot: Snapshot
        /// The file that was decoded, whole or, of a large one, a frame; nil when the snapshot has none
        /// with content.
        public let path: String?
        /// The public halves of the kit's identities that opened it, when it is a secret; nil when it is none.
        let recipients: [String]?
    }

    /// What a test has shown.
    public struct Outcome: Sendable {
        /// What was opened, in the order of the configuration.
        public let opened: [Opened]
        /// Components that have no snapshot yet.
        public let missing: [String]
        /// Whether the vault remembers the test, and not this host alone.
        public let isInVault: Bool
        /// The copies that were not there to be read from.
        public let absent: [AbsentCopy]

        /// 3 when a component could not be tested, else 0.
        public var exit: ExitCode { missing.isEmpty ? .success : .incomplete }
    }

    /// Files up to this size are preferred, so that the test is quick.
    private static let handy: Int64 = 1 << 20
    /// How many entries are looked at for a handy one.
    private static let patience = 10_000

    private let stack: Stack

    /// Prepares a test.
    public init(_ stack: Stack) { self.stack = stack }

    /// Runs the test with the kit's keys alone, on whichever copies are there, and remembers that it succeeded.
    ///
    /// - Parameters:
    ///   - kit: the recovery kit.
    ///   - passphrases: where its passphrase comes from, if it has one.
    /// - Returns: what was opened, and what could not be for want of a snapshot.
    /// - Throws: `E-KIT-FOREIGN`, `E-KEY-WRONG` when the kit does not open a snapshot or the
    ///   passphrase not the kit, `E-SNAPSHOT-NONE` when there is nothing to open, `E-VAULT-DAMAGED`,
    ///   and what reading the vault throws.
    public func run(
        _ kit: RecoveryKit,
        passphrases: PassphraseSource
    ) async throws(Fault) -> Outcome {
        let keys = try kit.openKeys(passphrases)
        let found = try await stack.findCopies(expecting: kit.vault).required()
        let vault = UnitedCopies(found).vault
        var opened: [Opened] = []
        var missing: [String] = []
        for component in stack.configuration.components {
            let newest = try await vault.newest(of: stack.stream(of: component.name))
            guard let snapshot = newest.heads.first else {
                missing.append(component.name)
                continue
            }
            let (path, recipients) = try await Self.open(
                snapshot,
                in: vault,
                identities: keys.identities
            )
            opened.append(
                Opened(
                    component: component.name,
                    snapshot: snapshot,
                    path: path,
                    recipients: recipients
                )
            )
        }
        guard !opened.isEmpty else {
            throw Fault(
                .noSnapshot,
                "unable to test the recovery kit: there is no snapshot yet",
                hints: ["Run `lifeboat backup` first."]
            )
        }
        let proof = KitProof(
            stack: kit.stack,
            environment: kit.environment,
            recipient: keys.dataIdentity.recipient.text,
            components: opened.map {
                KitProof.Component(
                    component: $0.component,
                    snapshot: $0.snapshot.id.description,
                    recipients: $0.recipients
                )
            }
        )
        let isInVault = try await KitMemory(stack).remember(proof, in: found.open.map(\.vault))
        return Outcome(
            opened: opened,
            missing: missing,
            isInVault: isInVault,
            absent: found.absent
        )
    }

    /// Reads a file of a snapshot; of a secret it tells which of the identities opened it.
    private static func open(
        _ snapshot: Snapshot,
        in vault: Vault,
        identities: [AgeIdentity]
    ) async throws(Fault) -> (path: String?, recipients: [String]?) {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        var chosen: ManifestEntry?
        var seen = 0
        while seen < patience || chosen == nil, let entry = try await manifest.next() {
            seen += 1
            guard entry.kind == .file, entry.extents.contains(where: { !$0.isHole }) else {
                continue
            }
            if chosen.map({ entry.size < $0.size }) ?? true { chosen = entry }
            if entry.size <= handy { break }
        }
        guard let entry = chosen else { return (nil, nil) }
        let reader = try ContentReader(vault, snapshot: snapshot, identities: identities)
        guard entry.size <= handy else {
            try await reader.probe(entry)
            return (entry.displayedPath, nil)
        }
        var check = ContentCheck(entry, pageKey: manifest.pageKey)
        var content: [UInt8] = []
        let isSecret = snapshot.head.kind == .secrets
        try await reader.read(entry) { bytes throws(Fault) in
            check.update(bytes)
            if isSecret { content += bytes }
        }
        guard check.finish() else {
            throw Fault(
                .damaged,
                "unable to read '\(entry.displayedPath)' of '\(snapshot.id)': it is not what it was",
                hints: ["Run `lifeboat check --deep` to see everything that is damaged."]
            )
        }
        guard isSecret else { return (entry.displayedPath, nil) }
        _ = try AgeFile.open(content, with: identities)
        let opening = identities.filter { (try? AgeFile.open(content, with: [$0])) != nil }
        return (entry.displayedPath, opening.map(\.recipient.text))
    }
}
