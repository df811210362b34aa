public import Model
internal import ObjectStorage
internal import Sealing
public import SystemPackage

/// Writes the log of one stream; the only writer of its role on this host while it exists.
///
/// Writers of different roles may write at once: their pieces overlap, and hold the same bytes.
public final class LogWriter {
    /// What a writer gets the log from.
    public enum Role: String, Sendable {
        /// From the source itself, as it comes.
        case receiver = "log"
        /// From the files that the source hands over.
        case archive = "archive"
        /// From an archive that was there before.
        case importer = "import"
    }

    let vault: Vault
    let keys: HostKeys
    let stream: StreamName
    private let kind: ComponentKind
    private let recipients: [AgeRecipient]
    private let encoder: FrameEncoder
    private let advisor = CompressionAdvisor()
    let tagger: ContentHasher
    private let lock: StreamLock
    private var previous: Digest256?
    private var source: String?

    /// Takes the lock of the log and a role in the host's state directory.
    ///
    /// - Throws: `E-STREAM-BUSY` when another process of this host holds it, `E-KEYS-NOT-ENROLLED` when the host is not
    ///   enrolled.
    public init(
        _ vault: Vault,
        keys: HostKeys,
        stream: StreamName,
        kind: ComponentKind,
        role: Role = .receiver,
        state: FilePath
    ) throws(Fault) {
        let lock = try StreamLock(stream, purpose: role.rawValue, state: state)
        let encoder = try FrameEncoder()
        self.lock = lock
        self.encoder = encoder
        self.vault = vault
        self.keys = keys
        self.stream = stream
        self.kind = kind
        recipients = try vault.recipients(for: keys)
        tagger = keys.secret.hasher(for: .log, vault: vault.id)
    }

    /// Stores a piece; when this returns it is durable.
    ///
    /// - Throws: `E-LOG-SOURCE` when the stream holds the log of another source, and what the store throws; the piece may
    ///   then be stored again.
    public func put(_ input: LogInput) async throws(Fault) {
        try await vault.store(try await seal(input))
    }

    /// Stores the history file of a timeline, once.
    ///
    /// - Throws: `E-LOG-SOURCE` when the stream holds the log of another source, and what the store throws.
    public func putHistory(_ input: LogInput) async throws(Fault) {
        if let history = try await sealHistory(input) { try await vault.store(history) }
    }

    /// Makes the object of a piece; nothing is stored.
    ///
    /// Several copies store this one object, so that each can mend the others.
    ///
    /// - Throws: `E-LOG-SOURCE` when the stream holds the log of another source, and what the store throws.
    public func seal(_ input: LogInput) async throws(Fault) -> SealedLog {
        try await checkSource(input)
        let (body, tag) = try await sealed(input.bytes)
        let head = head(input, to: input.to, tag: tag, body: body)
        let object = SignedObject.build(head: head, body: body, key: keys.signing)
        let digest = Hashing.sha256(object)
        previous = digest
        let name = VaultName.log(
            stream,
            epoch: input.epoch,
            from: input.from,
            to: input.to,
            short: digest.short
        )
        return SealedLog(name: name.objectName, object: object)
    }

    /// Makes the object of a timeline's history file; nil when the vault holds a whole one already.
    ///
    /// - Throws: `E-LOG-SOURCE` when the stream holds the log of another source, and what the store throws.
    public func sealHistory(_ input: LogInput) async throws(Fault) -> SealedLog? {
        try await checkSource(input)
        guard try await !hasHistory(of: input.epoch) else { return nil }
        let (body, tag) = try await sealed(input.bytes)
        let object = SignedObject.build(
            head: head(input, to: input.from, tag: tag, body: body),
            body: body,
            key: keys.signing
        )
        let short = Hashing.sha256(object).short
        let name = VaultName.history(stream, epoch: input.epoch, short: short)
        return SealedLog(name: name.objectName, object: object)
    }

    /// Compares the source with that of the newest trusted piece of the stream; once, since only this writer adds more.
    private func checkSource(_ input: LogInput) async throws(Fault) {
        let expected: String
        if let source {
            expected = source
        } else {
            expected = try await LogReader(vault, stream: stream).source() ?? input.source
        }
        try require(input, expected)
        source = expected
    }

    /// Refuses the log of another source.
    func require(_ input: LogInput, _ expected: String) throws(Fault) {
        guard expected == input.source else {
            throw Fault(
                .logSource,
                "unable to store the log of '\(stream.component)': the vault holds that of cluster \(expected), this is \(input.source)",
                hints: ["Give the new cluster a component of its own in the configuration."]
            )
        }
    }

    /// Whether the vault holds a whole history file; a false one does not count.
    private func hasHistory(of epoch: UInt32) async throws(Fault) -> Bool {
        let reader = try await LogReader(vault, stream: stream)
        for short in reader.histories[epoch] ?? [] {
            let piece = LogPiece(epoch: epoch, from: 0, to: 0, short: short, objectBytes: 18 << 20)
            do throws(Fault) {
                let name = VaultName.history(stream, epoch: epoch, short: short)
                _ = try await vault.verifiedLog(name, piece, stream: stream)
                return true
            } catch  where error.code.disposition == .corrupt { continue }
        }
        return false
    }

    private func sealed(
        _ plain: [UInt8]
    ) async throws(Fault) -> (body: [UInt8], tag: [UInt8]) {
        let content = try await LogEncoding.make(
            of: plain,
            encoder: encoder,
            advisor: advisor,
            tagger: tagger
        )
        var builder = try SealedObjectBuilder(
            .log,
            vault: vault.id,
            host: keys.host,
            hostRecipient: keys.identity.recipient,
            recipients: recipients,
            capacity: content.storedBytes + (128 << 10)
        )
        for frame in content.frames { _ = builder.append(frame) }
        return (builder.finish(), content.tag)
    }

    private func head(
        _ input: LogInput,
        to end: UInt64,
        tag: [UInt8],
        body: [UInt8]
    ) -> LogHead {
        LogHead(
            vault: vault.id,
            host: keys.host,
            stream: stream,
            kind: kind,
            source: input.source,
            epoch: input.epoch,
            from: VaultName.padded(input.from, 16, 16),
            to: VaultName.padded(end, 16, 16),
            previous: previous,
            tag: Hexadecimal.encode(tag),
            time: input.time,
            heartbeat: input.heartbeat,
            by: keys.signing.verifyKey.description,
            enrolment: vault.enrolment(of: keys.host)?.text,
            facts: input.facts,
            body: BodyReference(bytes: body.count, sha256: Hashing.sha256(body))
        )
    }
}
