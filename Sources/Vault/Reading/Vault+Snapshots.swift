public import Model
internal import ObjectStorage
internal import Sealing

extension Vault {
    /// What a walk over snapshots found.
    public struct SnapshotList: Sendable {
        /// Verified snapshots, by stream and number.
        public var snapshots: [Snapshot] = []
        /// Objects that were refused, one fault each.
        public var refused: [Fault] = []

        /// Nothing.
        public init() {}
    }

    /// The verified snapshots of one stream, or of all.
    ///
    /// Reads only heads: the cost is one short read a snapshot. One whose number is out of place in its stream counts as
    /// forged, whoever signed it (``NumberRow``).
    ///
    /// - Throws: what the store throws; a damaged or forged snapshot is not thrown but reported in the result.
    public func snapshots(of stream: StreamName? = nil) async throws(Fault) -> SnapshotList {
        var list = SnapshotList()
        for (id, bytes) in try await snapshotNames(of: stream) {
            do throws(Fault) {
                list.snapshots.append(try await snapshot(id, objectBytes: bytes))
            } catch  where error.code.disposition == .corrupt {
                list.refused.append(error)
            }
        }
        guard !acceptsRevoked else { return list }
        // A head that came later may have told that the key of an earlier one is revoked.
        list.snapshots.removeAll { snapshot in
            guard distrusts(snapshot) else { return false }
            list.refused.append(.revoked(snapshot.id.description, host: snapshot.head.host))
            return true
        }
        let rows = Dictionary(grouping: list.snapshots, by: \.id.stream)
            .mapValues { NumberRow($0.lazy.map(\.id.seq)) }
        list.snapshots.removeAll { snapshot in
            guard rows[snapshot.id.stream]?.contains(snapshot.id.seq) == false else { return false }
            list.refused.append(.outOfPlace(snapshot.id.description))
            return true
        }
        return list
    }

    /// The newest verified snapshots of a stream, and the highest number that an object of it carries, be it damaged, up
    /// to a million beyond those; a name that another object was copied to is none.
    ///
    /// There are none in a new stream, usually one, and several after a fork: two with one number. Their objects are read
    /// whole, not only their heads, when `isWhole` says so.
    ///
    /// - Throws: what the store throws; damaged or forged snapshots are reported in `refused`, newer ones that a revoked key
    ///   signed are counted in `revoked`.
    public func newest(
        of stream: StreamName,
        isWhole: Bool = false
    ) async throws(Fault) -> (
        heads: [Snapshot], highestSeq: UInt64, refused: [Fault], revoked: Int
    ) {
        let names = try await snapshotNames(of: stream)
        let numbers = names.map(\.id.seq)
        // Where a document of a host cannot be read, the heads know what it said.
        if !refusedHosts.isEmpty || hasStrayHosts, !acceptsRevoked {
            try await hearHeads(of: stream.host, stream: stream)
        }
        let known = heard.count
        var row = NumberRow.all
        if !acceptsRevoked {
            if let shown = NumberRow(names: numbers) {
                row = shown
            } else {
                row = try await signedRow(names)
            }
        }
        var found = try await newest(names, in: row, isWhole: isWhole)
        if found.heads.isEmpty, let last = numbers.last, !row.contains(last) {
            row = try await signedRow(names)
            found = try await newest(names, in: row, isWhole: isWhole)
        }
        if heard.count > known {
            try await hearHeads(of: stream.host, stream: stream)
            found = try await newest(names, in: row, isWhole: isWhole)
        }
        // A number far beyond what can be trusted is a forger's, who would use up the ten digits of a number.
        let newest = found.heads.first?.id.seq ?? 0
        let highest = names.last { name in
            name.id.seq <= newest + NumberRow.largestJump && !found.misplaced.contains(name.id)
        }
        return (found.heads, highest?.id.seq ?? newest, found.refused, found.revoked)
    }

    /// What a walk from the highest number down to the first good snapshot meets.
    private struct NewestFound {
        var heads: [Snapshot] = []
        var refused: [Fault] = []
        var revoked = 0
        /// Names that no snapshot ever had.
        var misplaced: Set<SnapshotID> = []
    }

    private func newest(
        _ names: [(id: SnapshotID, bytes: Int64)],
        in row: NumberRow,
        isWhole: Bool
    ) async throws(Fault) -> NewestFound {
        var found = NewestFound()
        for (id, bytes) in names.reversed() {
            if let head = found.heads.first, head.id.seq != id.seq { break }
            do throws(Fault) {
                let head = try await snapshot(id, objectBytes: bytes)
                guard row.contains(id.seq) else { throw .outOfPlace(id.description) }
                if isWhole { _ = try await digest(of: head) }
                found.heads.append(head)
            } catch  where error.code == .revoked {
                found.revoked += 1
            } catch  where error.code == .misplaced {
                found.misplaced.insert(id)
            } catch  where error.code.disposition == .corrupt {
                found.refused.append(error)
            }
        }
        return found
    }

    /// The row of a stream by what is signed in it: a short read for each snapshot.
    private func signedRow(
        _ names: [(id: SnapshotID, bytes: Int64)]
    ) async throws(Fault) -> NumberRow {
        var numbers: [UInt64] = []
        for (id, bytes) in names {
            do throws(Fault) {
                _ = try await snapshot(id, objectBytes: bytes)
                numbers.append(id.seq)
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                continue
            }
        }
        return NumberRow(numbers)
    }

    private static let longestLook = 100

    /// Why the snapshots that follow one, up to the next good one, cannot be used; a hundred at most.
    ///
    /// One listing, and a short read for each of them.
    ///
    /// - Throws: what the store throws.
    public func refused(after snapshot: SnapshotID) async throws(Fault) -> [Fault] {
        var refused: [Fault] = []
        let names = try await snapshotNames(of: snapshot.stream)
        let row = NumberRow(names: names.map(\.id.seq)) ?? .all
        for (id, bytes) in names
        where id.seq > snapshot.seq && refused.count < Self.longestLook {
            do throws(Fault) {
                _ = try await self.snapshot(id, objectBytes: bytes)
                guard row.contains(id.seq) else { throw .outOfPlace(id.description) }
                break
            } catch  where error.code == .revoked || error.code == .misplaced {
                // The operator knows, and wants it passed over; or there never was a snapshot of this name.
                continue
            } catch  where error.code.disposition == .corrupt {
                refused.append(error)
            }
        }
        return refused
    }

    func snapshotNames(
        of stream: StreamName?
    ) async throws(Fault) -> [(id: SnapshotID, bytes: Int64)] {
        var names: [(id: SnapshotID, bytes: Int64)] = []
        try await store.list(stream.map { "snapshots/\($0)/" } ?? "snapshots/") { info in
            guard case .snapshot(let stream, let seq, let short) = VaultName(info.name) else {
                return
            }
            names.append((SnapshotID(stream: stream, seq: seq, short: short), info.bytes))
        }
        return names.sorted { $0.id < $1.id }
    }

    /// Reads and verifies the head of one snapshot.
    func snapshot(_ id: SnapshotID, objectBytes: Int64) async throws(Fault) -> Snapshot {
        try await digestedSnapshot(id, objectBytes: objectBytes).0
    }

    /// Reads and verifies the head of one snapshot; tells its SHA-256 too, signature included.
    func digestedSnapshot(
        _ id: SnapshotID,
        objectBytes: Int64
    ) async throws(Fault) -> (Snapshot, Digest256) {
        let name = VaultName.snapshot(id.stream, seq: id.seq, short: id.short).objectName
        return try await fromAnyCopy(name) { () async throws(Fault) in
            let signed = try await signedHead(name)
            let bytes = length(of: name, listed: objectBytes)
            do throws(Fault) {
                return (try snapshot(id, signed, objectBytes: bytes), signed.headDigest)
            } catch  where error.code == .misplaced {
                throw try await proven(error, name, short: id.short, length: bytes)
            }
        }
    }

    /// What is so of an object whose head says another place: bytes that are not those of the name may lie over some that were.
    func proven(
        _ fault: Fault,
        _ name: ObjectName,
        short: String,
        length: Int64
    ) async throws(Fault) -> Fault {
        let bytes = try await store.get(name, limit: Int(min(length, Self.largestObject)))
        return Hashing.sha256(bytes).short == short
            ? fault
            : .damaged(name.text, "its bytes are not those that its name commits to")
    }

    /// Verifies the head of one snapshot.
    func snapshot(
        _ id: SnapshotID,
        _ signed: SignedObject,
        objectBytes: Int64
    ) throws(Fault) -> Snapshot {
        let name = VaultName.snapshot(id.stream, seq: id.seq, short: id.short).objectName
        let head = try SnapshotHead.decoded(signed.head, object: name.description)
        guard head.type == "snapshot", head.host == head.stream.host else {
            throw .damaged(name.description, "it is another object")
        }
        let own = VaultName.snapshot(head.stream, seq: head.seq, short: id.short)
        do throws(Fault) {
            try verify(
                signed,
                by: head.by,
                host: head.host,
                vault: head.vault,
                enrolment: head.enrolment,
                object: name
            )
        } catch  where error.code == .revoked && own.objectName != name {
            // It may lie in the place of an object that counts, and so hide that this is gone.
            throw .misplaced(name, own: own)
        }
        guard head.isSound else {
            throw .damaged(name.description, "its head is not what it should be")
        }
        guard own.objectName == name else { throw .misplaced(name, own: own) }
        guard objectBytes - Int64(signed.bodyOffset) == Int64(head.body.bytes) else {
            throw .damaged(
                name.description,
                "it is \(objectBytes) bytes long, not what its head says"
            )
        }
        return Snapshot(id: id, head: head, objectBytes: objectBytes, bodyOffset: signed.bodyOffset)
    }

    /// The front of a signed object, whole but unverified.
    func signedHead(_ name: ObjectName) async throws(Fault) -> SignedObject {
        var front = try await store.read(name, range: 0..<16_384)
        guard let length = SignedObject.prefixLength(front) else {
            throw .damaged(name.description, "it does not begin as a signed object does")
        }
        if length > front.count {
            front += try await store.read(name, range: Int64(front.count)..<Int64(length))
        }
        return try SignedObject(parsing: front, object: name.description)
    }

    /// Whether the document that a head carries along is the operator's word for its key.
    func isEnrolment(_ text: String?, of key: VerifyKey, host: String) -> Bool {
        guard let text,
            let enrolment = try? enrolment(Array(text.utf8), object: "hosts/\(host)")
        else { return false }
        return enrolment.host == host && enrolment.key == key
    }

    /// Whether an enrolled key of the host signed a head of this vault, and the operator did not revoke it.
    ///
    /// - Throws: `E-VAULT-DAMAGED`, `E-VAULT-TRUST`, `E-VAULT-REVOKED`.
    func verify(
        _ signed: SignedObject,
        by text: String,
        host: String,
        vault: Digest256,
        enrolment: String?,
        object: ObjectName
    ) throws(Fault) {
        guard vault == id else { throw .damaged(object.text, "it belongs to another vault") }
        hear(enrolment)
        guard let key = VerifyKey(hexadecimal: text), signed.isSigned(by: key),
            vouches(for: key, host: host) || isEnrolment(enrolment, of: key, host: host)
        else { throw .untrusted(object.text, host: host) }
        guard !refuses(key, host: host, object: ObjectMark(object)) else {
            throw .revoked(object.text, host: host)
        }
    }
}
