internal import Model
internal import ObjectStorage
internal import Sealing
internal import Synchronization
internal import SystemIO

/// Turns plain frames into stored packs.
///
/// ```
/// producer ──push──▶ queue (bounded) ──▶ encoders: compress, prove, seal into the open pack
///                                                   └─ who fills a pack closes it and stores it
/// ```
/// An encoder that stores a pack takes no frame meanwhile, so memory is bounded by one open pack, one pack for each
/// encoder, and the queue.
final class PackPipeline: Sendable {
    private let vault: Vault
    private let keys: HostKeys
    private let recipients: [AgeRecipient]
    private let options: SessionOptions
    private let index: DedupIndex
    private let ledger: FrameLedger
    private let queue: BoundedQueue<PlainFrame>
    private let open = Mutex<OpenPackBuilder?>(nil)

    init(
        _ vault: Vault,
        keys: HostKeys,
        recipients: [AgeRecipient],
        options: SessionOptions,
        index: DedupIndex,
        ledger: FrameLedger
    ) {
        self.vault = vault
        self.keys = keys
        self.recipients = recipients
        self.options = options
        self.index = index
        self.ledger = ledger
        queue = BoundedQueue(capacity: options.encoders * 2)
    }

    /// Hands a frame over, waiting while the encoders are behind.
    func submit(_ frame: PlainFrame) async throws(Fault) { try await queue.push(frame) }

    /// Works on frames until the pipeline is closed; one encoder of several.
    func encode() async throws(Fault) {
        do throws(Fault) {
            let encoder = try FrameEncoder()
            while let frame = try await queue.next() {
                let encoded = try encoder.encode(
                    frame.bytes,
                    type: frame.type,
                    advisor: frame.advisor
                )
                if let full = try append(frame, encoded) { try await store(full, encoder: encoder) }
                queue.finished()
            }
        } catch {
            queue.fail(error)
            throw error
        }
    }

    /// Waits until every frame handed over is in a stored pack.
    func flush() async throws(Fault) {
        try await queue.drain()
        let last = open.withLock { open in
            defer { open = nil }
            return open
        }
        if let last { try await store(last, encoder: FrameEncoder()) }
    }

    /// Lets the encoders end; a fault makes them end at once.
    func close(_ fault: Fault? = nil) {
        if let fault { queue.fail(fault) } else { queue.close() }
    }

    /// Puts a frame into the open pack; gives the pack out when that fills it.
    private func append(_ frame: PlainFrame, _ encoded: EncodedFrame) throws(Fault)
        -> OpenPackBuilder?
    {
        try open.withLock { open throws(Fault) in
            var pack: OpenPackBuilder
            if let present = open.take() { pack = present } else { pack = try newPack() }
            pack.append(frame, encoded)
            guard pack.bytes < options.packBytes, pack.pieces.count < 65_536 else { return pack }
            open = consume pack
            return nil
        }
    }

    private func newPack() throws(Fault) -> OpenPackBuilder {
        OpenPackBuilder(
            try SealedObjectBuilder(
                .pack,
                vault: vault.id,
                host: keys.host,
                hostRecipient: keys.identity.recipient,
                recipients: recipients,
                capacity: options.packBytes + options.packBytes / 8
            )
        )
    }

    private func store(_ pack: consuming OpenPackBuilder, encoder: borrowing FrameEncoder)
        async throws(Fault)
    {
        let frames = pack.frames
        let pieces = pack.pieces
        let bytes = try pack.finish(encoder: encoder)
        let reference = PackReference(id: Hashing.sha256(bytes), bytes: bytes.count)
        guard reference.id.prefix != 0, index.pack(reference.id.prefix) == nil else {
            throw Fault(
                .vanished,
                "unable to store pack '\(reference.id)': another pack has its prefix",
                hints: ["Run the backup again; a new pack gets a new name."]
            )
        }
        try await vault.store.put(VaultName.pack(reference.id).objectName, bytes)
        ledger.add(reference, frames: frames)
        try index.add(
            reference,
            pieces: pieces.map { piece in
                let place = piece.location
                return (
                    piece.id,
                    PieceLocation(
                        pack: reference.id.prefix,
                        frame: place.frame,
                        start: place.start,
                        length: place.length,
                        isManifest: place.isManifest
                    )
                )
            }
        )
    }
}
