internal import FoundationEssentials
public import Model
internal import ObjectStorage
internal import Sealing
internal import SwiftProtobuf
internal import SystemIO
internal import SystemPackage

extension Vault {
    /// Backs up one component: opens a session, lets `body` fill it, and commits what it put in.
    ///
    /// The order of writing is that of `Docs/format`, section 8: packs, a listing that proves them, then the snapshot. After
    /// success the snapshot is durable. After failure, or after a crash at any moment, the vault holds what it held before
    /// and perhaps packs that no snapshot names; the next session of this host uses those.
    ///
    /// - Throws: `E-STREAM-BUSY` when another process of this host writes the stream, `E-KEYS-NOT-ENROLLED` when the host is not
    ///   enrolled, `E-VAULT-VANISHED` and `E-VAULT-DOOMED` when stored packs or log are gone, or about to be deleted, before
    ///   the commit, and what `body` and the store throw.
    public func backUp(
        _ request: BackupRequest,
        keys: HostKeys,
        _ body: (BackupSession) async throws(Fault) -> BackupDraft
    ) async throws(Fault) -> Snapshot {
        let lock = try StreamLock(request.stream, state: request.state)
        let recipients = try recipients(for: keys)
        let started = request.clock.now()
        let newest = try await intact(newest(of: request.stream))
        let seq = try NumberRow.next(
            after: [newest.highestSeq, request.above],
            trusted: newest.highestSeq,
            in: "snapshots/\(request.stream)"
        )
        let tombstones = try await pendingTombstones()
        let known = try await usablePacks(of: newest.heads, for: recipients, tombstones)
        let index = try await index(after: newest, request, keys: keys, packs: known)
        let ledger = FrameLedger()
        let pipeline = PackPipeline(
            self,
            keys: keys,
            recipients: recipients,
            options: request.options,
            index: index,
            ledger: ledger
        )
        let session = BackupSession(
            self,
            keys: keys,
            previous: newest.heads.first,
            refused: newest.refused + tombstones.unreadable,
            index: index,
            pieces: PieceStore(index: index, ledger: ledger, pipeline: pipeline),
            spool: try ManifestSpool(in: request.state),
            book: book(of: newest, request, keys: keys),
            draftPath: request.tablePath("pages-new")
        )
        let commit = SnapshotCommit(
            vault: self,
            request: request,
            keys: keys,
            recipients: recipients,
            started: started,
            previous: newest.digests,
            seq: seq,
            tombstones: tombstones,
            index: index,
            ledger: ledger
        )
        let snapshot = try await pipeline.running(encoders: request.options.encoders) {
            () async throws(Fault) in
            let draft = try await body(session)
            try await session.pieces.flush()
            return try await commit.run(session, draft)
        }
        lock.release()
        return snapshot
    }

    /// What a session knows to be stored, of the packs that it may use.
    private func index(
        after newest: Newest,
        _ request: BackupRequest,
        keys: HostKeys,
        packs: StoredPacks
    ) async throws(Fault) -> DedupIndex {
        DedupIndex(
            base: try await table(
                for: newest.heads.first,
                digest: newest.digests.first,
                request: request,
                keys: keys,
                packs: packs
            ),
            additions: try additions(request, keys: keys, packs: packs),
            packs: packs
        )
    }

    /// The ids of the newest snapshot's pages; nil when they are not at hand.
    private func book(of newest: Newest, _ request: BackupRequest, keys: HostKeys) -> PageBook? {
        newest.digests.first.flatMap { digest in
            PageBook(
                opening: request.pagesPath,
                reflecting: digest,
                key: keys.secret.hasher(for: .page, vault: id)
            )
        }
    }

    /// What a new snapshot follows.
    private struct Newest {
        var heads: [Snapshot] = []
        var digests: [Digest256] = []
        var refused: [Fault]
        let highestSeq: UInt64
    }

    /// The heads whose whole objects are intact.
    ///
    /// A damaged one is passed over and reported: it costs the new snapshot its deduplication, never the new snapshot.
    private func intact(
        _ newest: (heads: [Snapshot], highestSeq: UInt64, refused: [Fault], revoked: Int)
    ) async throws(Fault) -> Newest {
        var intact = Newest(refused: newest.refused, highestSeq: newest.highestSeq)
        for head in newest.heads {
            do throws(Fault) {
                intact.digests.append(try await digest(of: head))
                intact.heads.append(head)
            } catch  where error.code.disposition == .corrupt {
                intact.refused.append(error)
            }
        }
        return intact
    }

    /// The packs that a new snapshot may name: those in the store, but for the ones that lost bytes since a head named
    /// them, those that the newest check of them found damaged, those that are about to be deleted, and those that are
    /// sealed to others than the recipients of now.
    ///
    /// So every recipient in force alone opens a new snapshot, and one who was removed opens nothing of it: the first
    /// backup after a change stores everything once more; so does one that cannot tell what is damaged or to be deleted.
    private func usablePacks(
        of heads: [Snapshot],
        for recipients: [AgeRecipient],
        _ tombstones: PendingTombstones
    ) async throws(Fault) -> StoredPacks {
        var packs = try await StoredPacks(self)
        guard tombstones.unreadable.isEmpty, let damaged = try await damagedPacks() else {
            return StoredPacks()
        }
        for id in damaged { packs.withdraw(id) }
        packs.withdraw { tombstones.dooms($0) }
        for head in heads {
            let isOpen = self.recipients(of: head) == Set(recipients)
            for pack in head.head.packs where !isOpen || !packs.contains(pack) {
                packs.withdraw(pack.id)
            }
        }
        return packs
    }

    /// Whom the packs of a snapshot are sealed to: the enrolment that it carries says so; nil when it carries none.
    private func recipients(of snapshot: Snapshot) -> Set<AgeRecipient>? {
        guard let text = snapshot.head.enrolment else { return nil }
        // Nearly always it is one of those that were verified when the vault was opened.
        let known = enrolments.first { $0.text == text }
        guard
            let enrolment = known
                ?? (try? enrolment(Array(text.utf8), object: snapshot.id.description))
        else { return nil }
        return Set(enrolment.recipients)
    }

    /// Whom the host seals to, by its newest enrolment.
    func recipients(for keys: HostKeys) throws(Fault) -> [AgeRecipient] {
        try checkWritable()
        guard let enrolment = enrolment(of: keys.host), enrolment.key == keys.signing.verifyKey
        else {
            let wasThere = lostEnrolments.contains {
                $0.host == keys.host && $0.key == keys.signing.verifyKey
            }
            let back =
                "Its document was there and is gone: bring it back with lifeboat check --repair"
            throw Fault(
                .notEnrolled,
                "unable to write to the vault: host '\(keys.host)' is not enrolled with its key",
                hints: (wasThere ? [back] : []) + [
                    "Let the operator's key vouch for it: lifeboat key enrol --kit FILE"
                ]
            )
        }
        guard !isRevoked(enrolment.key, host: keys.host) else {
            throw .revokedKey(of: keys.host, to: "write to the vault for host '\(keys.host)'")
        }
        return enrolment.recipients
    }
}

extension PackPipeline {
    /// Runs the producer with its encoders beside it; the first fault of either ends both.
    func running<Value: Sendable>(
        encoders: Int,
        _ producer: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let result: Result<Value, Fault> = await withTaskGroup(of: Void.self) { group in
            for _ in 0..<encoders {
                // An encoder's fault reaches the producer through the queue.
                group.addTask { try? await self.encode() }
            }
            do throws(Fault) {
                let value = try await producer()
                close()
                return .success(value)
            } catch {
                close(error)
                return .failure(error)
            }
        }
        return try result.get()
    }
}
