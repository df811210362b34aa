internal import Model
internal import ObjectStorage
internal import Sealing
internal import SystemIO

extension VaultCheck {
    private static let readBytes: Int64 = 4 << 20
    private static let longestPart: Duration = .seconds(600)

    /// Reads every byte of the ring, or as many as the budget allows, from where the last check ended.
    mutating func walk(
        _ scrub: inout Scrub,
        _ progress: (CheckReport) -> Void
    ) async throws(Fault) {
        var ring = RingWalk(inventory, after: history.position)
        while let (member, name, bytes) = ring.next(inventory) {
            if let budget = request.budget, scrub.spent > 0, scrub.spent + bytes > budget.bytes {
                return
            }
            try await stopIfCancelled(&scrub)
            let fault = try await finding(name, .hashes) { check async throws(Fault) in
                try await check.verify(member, name, bytes: bytes)
            }
            if let fault {
                let fact =
                    fault.code == .revoked
                    ? "a key signed it that the operator revoked"
                    : "its bytes are not what its name or its signature commits to"
                scrub.damage.append(CheckReport.Finding(object: name, fact: fact, depth: .hashes))
            }
            scrub.cover(ring.advance(through: name))
            scrub.objects += 1
            scrub.bytes += bytes
            scrub.spent += bytes
            report.objects += 1
            report.bytes += ByteCount(bytes)
            progress(report)
            if isDue(scrub) { try await remember(&scrub, isEnd: false) }
        }
        scrub.cover(ring.close())
        report.isWhole = true
    }

    private func isDue(_ scrub: Scrub) -> Bool {
        request.author != nil
            && (scrub.bytes >= request.interval.bytes
                || scrub.damage.count >= CheckRecord.largestList
                || BootClock.now() - scrub.began > Self.longestPart)
    }

    private mutating func stopIfCancelled(_ scrub: inout Scrub) async throws(Fault) {
        guard Task.isCancelled else { return }
        try await remember(&scrub, isEnd: false)
        throw Fault(
            .cancelled,
            "unable to finish the check: it was cancelled",
            hints: ["What was verified is remembered; the next check goes on from there."]
        )
    }

    private mutating func verify(
        _ member: VaultInventory.Member,
        _ name: String,
        bytes: Int64
    ) async throws(Fault) {
        switch member {
        case .pack(let index, let id): try await verifyPack(index, id, name, bytes: bytes)
        case .log(let stream, let piece, let name):
            _ = try await vault.verifiedLog(name, piece, stream: stream)
        case .snapshot(let id):
            // Its head says how long it is, before its length is believed.
            _ = try await vault.snapshot(id, objectBytes: bytes)
            let whole = try await vault.wholeObject(
                .snapshot(id.stream, seq: id.seq, short: id.short),
                short: id.short,
                length: bytes
            )
            let signed = try SignedObject(parsing: whole, object: name)
            let head = try JSONText.decode(SnapshotHead.self, signed.head, of: name)
            _ = try signed.body(head.body, object: name)
        }
    }

    private mutating func verifyPack(
        _ index: Int,
        _ id: Digest256,
        _ name: String,
        bytes: Int64
    ) async throws(Fault) {
        let object = VaultName.pack(id).objectName
        var digest = DigestStream()
        for start in stride(from: 0, to: bytes, by: Int(Self.readBytes)) {
            let end = min(start + Self.readBytes, bytes)
            digest.update(try await vault.store.read(object, range: start..<end))
        }
        guard digest.finish() == id else {
            inventory.packs.breakPack(index)
            throw .damaged(name, "its bytes are not those that its name commits to")
        }
    }
}
