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
            _ = try vault.enrolment(
                try await read(info),
                of: host,
                number: number,
                object: info.name.text
            )
        case .revocation(let host, let short):
            _ = try vault.revocation(
                try await read(info),
                of: host,
                short: short,
                object: info.name.text
            )
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

    /// Whether no document was stored once more under another number: it would pass for a new one.
    private mutating func checkNumbers() {
        var first: [VaultName: UInt64] = [:]
        for (name, info) in inventory.small {
            guard case .document(let folder, let number, let short) = name else { continue }
            let any = VaultName.document(folder, number: 1, short: short)
            if let lowest = first[any] {
                note(info.name.text, "it is there under number \(lowest) already", .listing)
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
                note(revocation.name.text, "it is missing, and another copy has it", .listing)
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
        for (name, _) in inventory.small {
            guard case .host(let host, let number) = name else { continue }
            hosts[host, default: 0] = max(hosts[host, default: 0], number)
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
