internal import Model
internal import ObjectStorage

extension VaultCheck {
    /// Looks at everything small: the vault's identity, its hosts, its documents, the way out.
    mutating func checkSmall(_ progress: (CheckReport) -> Void) async throws(Fault) {
        for (name, info) in inventory.small {
            report.bytes += ByteCount(info.bytes)
            _ = try await finding(info.name.text, .listing) { check async throws(Fault) in
                try await check.checkSmall(name, info)
            }
            report.objects += 1
            progress(report)
        }
        checkNames()
    }

    private mutating func checkSmall(_ name: VaultName, _ info: ObjectInfo) async throws(Fault) {
        switch name {
        case .host(let host, let number):
            let bytes = try await read(info)
            do throws(Fault) {
                _ = try vault.enrolment(bytes, of: host, number: number, object: info.name.text)
            } catch  where error.code == .misplaced {
                strays.append((name, error))
                return
            }
            hosts[host] = max(hosts[host, default: 0], number)
        case .revocation(let host, let short):
            let bytes = try await read(info)
            do throws(Fault) {
                _ = try vault.revocation(bytes, of: host, short: short, object: info.name.text)
            } catch  where error.code == .damaged && !RevocationDocument.resembles(bytes) {
                strays.append((name, error))
            }
        case .format: try await checkFormat(info)
        case .document(.collections, let number, let short):
            let tombstone: VaultDocument<Tombstone> = try vault.document(
                try await read(info),
                info,
                .collections,
                number: number,
                short: short
            )
            try place(number, in: DocumentFolder.collections.rawValue, object: info.name.text)
            for name in tombstone.content.forgets { forget(name) }
            givenUp.add(tombstone.content.log)
        case .document(.ledger, let number, let short):
            let entry: VaultDocument<LedgerEntry> = try vault.document(
                try await read(info),
                info,
                .ledger,
                number: number,
                short: short
            )
            try place(number, in: DocumentFolder.ledger.rawValue, object: info.name.text)
            for name in entry.content.swept?.given ?? [] { forget(name) }
            givenUp.add(entry.content.swept?.past ?? [])
        case .document(let folder, let number, let short):
            let _: VaultDocument<AnyContent> = try vault.document(
                try await read(info),
                info,
                folder,
                number: number,
                short: short
            )
            try place(number, in: folder.rawValue, object: info.name.text)
        case .wayOut: try vault.prove(try await read(info), to: name)
        case .pack, .snapshot, .log, .history: preconditionFailure("the ring holds these")
        }
    }

    private mutating func forget(_ name: String) {
        guard let id = SnapshotID(name) else { return }
        forgotten.insert(name)
        chain.know(id)
    }

    /// Looks at what is no document of its name under `hosts/`, once the heads have told what was there.
    ///
    /// And at what is gone from there.
    mutating func checkStrays() async throws(Fault) {
        for name in vault.lostEnrolments.map(\.name) + vault.lostRevocations {
            note(name.text, Vault.lostDocument, .listing)
        }
        for (name, fault) in strays {
            let object = name.objectName.text
            switch name {
            case .revocation(let host, _) where vault.isCovered(name, host):
                distrust(
                    object,
                    "it is no revocation, and each revoked key of '\(host)' has one; it counts for nothing, and can be deleted by hand",
                    .listing
                )
            case .host where !vault.knows(name):
                _ = try await finding(object, .listing) { _ throws(Fault) in throw fault }
            default: note(object, fault.message, .listing)
            }
        }
    }

    /// Whether no document was stored once more under another number: it would pass for a new one.
    ///
    /// Those of the first versions do not say their number.
    private mutating func checkNumbers() {
        var first: [VaultName: UInt64] = [:]
        for (name, info) in inventory.small where misplaced[info.name.text] == nil {
            guard case .document(let folder, let number, let short) = name else { continue }
            let any = VaultName.document(folder, number: 1, short: short)
            if let lowest = first[any] {
                distrust(
                    info.name.text,
                    "it is there under number \(lowest) already; it counts for nothing, and can be deleted by hand",
                    .listing
                )
            } else {
                first[any] = number
            }
        }
    }

    /// Whether the revocation of every key that an enrolment calls revoked is there.
    private mutating func checkRevocations(_ present: Set<String>) {
        let there = vault.revocations.filter { present.contains($0.name.text) }
        for enrolment in vault.enrolments where present.contains(enrolment.name.text) {
            let isLost = enrolment.revoked.contains { key in
                !there.contains { $0.host == enrolment.host && $0.keys.contains(key) }
            }
            guard isLost else { continue }
            // Another copy has it, under this name: it can be brought back from there.
            for revocation in vault.revocations
            where revocation.host == enrolment.host && !present.contains(revocation.name.text)
                && !revocation.keys.isDisjoint(with: enrolment.revoked)
            {
                note(
                    revocation.name.text,
                    "it is missing, and another copy has it, or this host saw it",
                    .listing
                )
            }
            note(
                enrolment.name.text,
                "it calls a key revoked, and the revocation is missing: nothing that the key signed is trusted",
                .listing
            )
        }
    }

    private func checkFormat(_ info: ObjectInfo) async throws(Fault) {
        let document = try SignedDocument(parsing: try await read(info), object: info.name.text)
        guard try Vault.verified(document, object: info.name.text).0.vault == vault.id else {
            throw .damaged(info.name.text, "it is another vault's")
        }
    }

    /// A document; no other object is read whole before its name or signature was looked at.
    private func read(_ info: ObjectInfo) async throws(Fault) -> [UInt8] {
        try await vault.store.get(info.name, limit: 1 << 20)
    }

    /// What every vault has: the way out, its identity, and the documents of a host without a hole in their numbers.
    private mutating func checkNames() {
        let present = Set(inventory.small.lazy.map(\.info.name.text))
        for name in VaultName.wayOutNames where !present.contains(name) {
            note(
                name,
                "it is missing; without it the vault cannot be read without Lifeboat",
                .listing
            )
        }
        if !present.contains(VaultName.format.objectName.text) {
            note(VaultName.format.objectName.text, "it is missing", .listing)
        }
        checkRevocations(present)
        checkNumbers()
        for (host, highest) in hosts {
            for number in 1..<highest
            where !present.contains(VaultName.host(host, number: number).objectName.text) {
                note(
                    VaultName.host(host, number: number).objectName.text,
                    "it is missing, and later ones are there",
                    .listing
                )
            }
        }
    }
}
