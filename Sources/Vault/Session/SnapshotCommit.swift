internal import VaultRecords
internal import FoundationEssentials
internal import Model
internal import ObjectStorage
internal import Sealing
internal import SwiftProtobuf
internal import SystemPackage

/// The last steps of a session: manifest, proof that everything is stored, snapshot object, table.
struct SnapshotCommit {
    /// How often packs are proven again when that took too long; one proof more follows the snapshot then.
    private static let proofs = 3

    let vault: Vault
    let request: BackupRequest
    let keys: HostKeys
    let recipients: [AgeRecipient]
    let started: Instant
    let previous: [Digest256]
    let seq: UInt64
    /// What was about to be deleted when the session began.
    let tombstones: PendingTombstones
    let index: DedupIndex
    let ledger: FrameLedger

    /// Commits what the session holds.
    func run(_ session: BackupSession, _ draft: BackupDraft) async throws(Fault) -> Snapshot {
        var writer = ManifestWriter(session.pieces, ledger: ledger, vault: vault, keys: keys)
        var root = try await writer.write(session.spool)
        root.pageKey = Data(keys.secret.hasher(for: .page, vault: vault.id).keyBytes)
        let packs = try named(writer.live.keys)
        let body = try sealed(root)
        var sizes = SnapshotHead.Sizes()
        sizes.source = session.sourceBytes
        sizes.added = session.pieces.added
        sizes.stored = ledger.packs.reduce(0) { $0 + Int64($1.bytes) }
        sizes.entries = Int64(session.spool.count)
        var proof = try await prove(packs, draft, knowing: tombstones)
        // A listing may take long, a host may sleep: what was proven an hour ago may be gone, and no snapshot names that.
        for _ in 0..<Self.proofs where !proof.isFresh(request.clock) {
            proof = try await prove(packs, draft, knowing: proof.tombstones)
        }
        let head = head(draft, packs: packs, sizes: sizes, body: body)
        let object = SignedObject.build(head: head, body: body, key: keys.signing)
        let digest = Hashing.sha256(object)
        let id = SnapshotID(stream: request.stream, seq: seq, short: digest.short)
        try await store(object, as: id)
        if !proof.isFresh(request.clock) { try await proveStored(id, packs, draft, proof) }
        // The table is a cache: the snapshot stands whether or not it can be kept.
        try? index.publish(
            as: request.tablePath("table"),
            live: writer.live,
            added: session.pieces.added,
            reflecting: digest,
            vault: vault.id
        )
        session.publishPages(request, reflecting: digest)
        return Snapshot(
            id: id,
            head: head,
            objectBytes: Int64(object.count),
            bodyOffset: object.count - body.count
        )
    }

    /// Stores the snapshot object, and looks whether it is there: a store that lies must not make a success.
    private func store(_ object: [UInt8], as id: SnapshotID) async throws(Fault) {
        let name = VaultName.snapshot(id.stream, seq: id.seq, short: id.short).objectName
        try await vault.store.put(name, object)
        guard try await vault.store.status(name)?.bytes == Int64(object.count) else {
            throw Fault(
                .vanished,
                "unable to commit the backup of '\(request.stream.component)': the snapshot is not there after it was stored",
                hints: ["Look at the store's own log, then run the backup again."]
            )
        }
    }

    /// Proves it once more when storing the snapshot took too long: what it needs may have gone before it was there.
    private func proveStored(
        _ id: SnapshotID,
        _ packs: [PackReference],
        _ draft: BackupDraft,
        _ proof: CommitProof
    ) async throws(Fault) {
        do throws(Fault) {
            _ = try await prove(packs, draft, knowing: proof.tombstones)
        } catch {
            throw error.adding(
                hint:
                    "Storing '\(id)' took longer than an hour, so it may lack something; it does not count."
            )
        }
    }

    /// The packs of some prefixes.
    private func named(_ prefixes: some Collection<UInt64>) throws(Fault) -> [PackReference] {
        var packs: [PackReference] = []
        for prefix in prefixes {
            guard let pack = index.pack(prefix) else {
                throw Fault(
                    .vanished,
                    "unable to commit the backup of '\(request.stream.component)': a pack that it needs is gone",
                    hints: ["Run the backup again; it will store the missing content anew."]
                )
            }
            packs.append(pack)
        }
        return packs.sorted { $0.id < $1.id }
    }

    /// Proves that everything that the snapshot needs is stored with its size, and that nothing of it is about to be
    /// deleted.
    private func prove(
        _ packs: [PackReference],
        _ draft: BackupDraft,
        knowing known: PendingTombstones
    ) async throws(Fault) -> CommitProof {
        let proof = try await CommitProof.take(vault, knowing: known, clock: request.clock)
        let what = "the backup of '\(request.stream.component)'"
        try proof.vouch(for: packs, of: what)
        let own = Set(ledger.packs.map(\.id))
        if let damage = proof.tombstones.unreadable.first,
            packs.contains(where: { !own.contains($0.id) })
        {
            throw damage
        }
        if request.kind == .postgresql, let log = BaseLog(facts: draft.facts) {
            try await proof.vouch(for: log, of: request.stream, in: vault, what)
        }
        return proof
    }

    private func sealed(_ root: WireRoot) throws(Fault) -> [UInt8] {
        var builder = try SealedObjectBuilder(
            .snapshot,
            vault: vault.id,
            host: keys.host,
            hostRecipient: keys.identity.recipient,
            recipients: recipients,
            capacity: 64 << 10
        )
        guard let plain: Data = try? root.serializedBytes() else {
            preconditionFailure("a root is always serializable")
        }
        let frame = try FrameEncoder().encode(
            Array(plain),
            type: .manifest,
            advisor: CompressionAdvisor()
        )
        _ = builder.append(frame)
        return builder.finish()
    }

    private func head(
        _ draft: BackupDraft,
        packs: [PackReference],
        sizes: SnapshotHead.Sizes,
        body: [UInt8]
    ) -> SnapshotHead {
        SnapshotHead(
            vault: vault.id,
            host: keys.host,
            stream: request.stream,
            kind: request.kind,
            seq: seq,
            previous: previous,
            set: request.set,
            time: draft.time,
            started: started,
            finished: request.clock.now(),
            by: keys.signing.verifyKey.description,
            enrolment: vault.enrolment(of: keys.host)?.text,
            packs: packs,
            sizes: sizes,
            problems: draft.problems,
            facts: draft.facts,
            body: BodyReference(bytes: body.count, sha256: Hashing.sha256(body))
        )
    }
}

extension BackupRequest {
    /// Where the stream's table is kept.
    func tablePath(_ ending: String) -> FilePath { state.appending("\(stream).\(ending)") }

    /// Where the page ids of the stream's newest snapshot are kept.
    var pagesPath: FilePath { tablePath("pages") }
}
