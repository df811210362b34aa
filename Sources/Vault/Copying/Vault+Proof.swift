internal import Model
internal import ObjectStorage
internal import Sealing

// Whether bytes are what a name commits to or a trusted key signed: needs no key that opens anything.
extension Vault {
    /// The largest object that is read whole into memory.
    static let largestObject: Int64 = 256 << 20

    /// An object of a store, read whole and proven to be the one that its name promises.
    ///
    /// Memory: the object.
    ///
    /// - Throws: `E-STORE-MISSING`, `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, and what the store throws.
    func provenObject(
        _ name: VaultName,
        in store: any ObjectStore
    ) async throws(Fault) -> [UInt8] {
        let object = name.objectName
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try await store.get(object, limit: Int(Self.limit(of: name)))
        } catch  where error.code == .objectTooLarge {
            throw .damaged(object.text, "it is larger than any such object")
        }
        try prove(bytes, to: name)
        return bytes
    }

    /// Proves that bytes are the object of a name.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-TRUST`.
    func prove(_ bytes: [UInt8], to name: VaultName) throws(Fault) {
        let object = name.objectName.text
        switch name {
        case .pack(let id):
            guard Hashing.sha256(bytes) == id else { throw Self.otherBytes(object) }
        case .snapshot(let stream, let seq, let short):
            let id = SnapshotID(stream: stream, seq: seq, short: short)
            _ = try provenSnapshot(bytes, id)
        case .log(let stream, let epoch, let from, let to, let short):
            try compare(bytes, short, object)
            let piece = LogPiece(
                epoch: epoch,
                from: from,
                to: to,
                short: short,
                objectBytes: Int64(bytes.count)
            )
            _ = try verifiedLog(bytes, piece, stream: stream, name: name.objectName)
        case .history(let stream, let epoch, let short):
            try compare(bytes, short, object)
            let piece = LogPiece(
                epoch: epoch,
                from: 0,
                to: 0,
                short: short,
                objectBytes: Int64(bytes.count)
            )
            _ = try verifiedLog(bytes, piece, stream: stream, name: name.objectName)
        case .host(let host, let number):
            do throws(Fault) {
                _ = try enrolment(bytes, of: host, number: number, object: object)
            } catch  where error.code == .invalidKey {
                throw .damaged(object, "a key in it is damaged", cause: error)
            }
        case .revocation(let host, let short):
            _ = try revocation(bytes, of: host, short: short, object: object)
        case .format:
            let document = try SignedDocument(parsing: bytes, object: object)
            guard try Self.verified(document, object: object).0.vault == id else {
                throw .damaged(object, "it is another vault's")
            }
        case .document(let folder, let number, let short):
            try proveDocument(
                bytes,
                folder,
                number: number,
                short: short,
                name: name.objectName
            )
        case .wayOut(let file): try proveWayOut(bytes, file, object)
        }
    }

    private func proveWayOut(
        _ bytes: [UInt8],
        _ file: String,
        _ object: String
    ) throws(Fault) {
        guard WayOut.isKnown(file, bytes) else {
            throw .damaged(object, "it is none that a release of this program shipped")
        }
        guard !WayOut.isOfToday(file, bytes) else { return }
        // An earlier one knows no revocations, and would trust what a thief signed.
        guard !knowsRevokedKeys else {
            throw .damaged(object, "an earlier release's is there, which knows no revoked keys")
        }
        guard !holdsOwnWayOut else { throw .damaged(object, Self.earlierWayOut) }
    }

    /// The snapshot whose whole object some bytes are.
    func provenSnapshot(_ bytes: [UInt8], _ id: SnapshotID) throws(Fault) -> Snapshot {
        let object = id.description
        try compare(bytes, id.short, object)
        let signed = try SignedObject(parsing: bytes, object: object)
        let snapshot = try snapshot(id, signed, objectBytes: Int64(bytes.count))
        _ = try signed.body(snapshot.head.body, object: object)
        return snapshot
    }

    private func compare(_ bytes: [UInt8], _ short: String, _ object: String) throws(Fault) {
        guard Hashing.sha256(bytes).short == short else { throw Self.otherBytes(object) }
    }

    private static func otherBytes(_ object: String) -> Fault {
        .damaged(object, "its bytes are not those that its name commits to")
    }

    static func limit(of name: VaultName) -> Int64 {
        switch name {
        case .pack, .snapshot, .log, .history: largestObject
        case .host, .revocation, .format, .document, .wayOut: Int64(largestDocument)
        }
    }
}
