import FoundationEssentials
public import Model
import Synchronization

extension S3Store {
    /// An object of more bytes is sent in parts.
    static let largestWhole = 64 << 20

    /// Stores an object; see ``ObjectStore/put(_:_:)``.
    ///
    /// One request, where the server refuses to replace objects or the name carries the hash of the bytes; otherwise
    /// one more to see that the name is free. The first call asks in addition whether the server refuses to replace
    /// objects, with the key `.probe`. An attempt whose reply was lost is found out by comparing, so it succeeds.
    ///
    /// - Throws: As ``ObjectStore/put(_:_:)``.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        let act = act("store object", name.text)
        let part = UploadPart(bytes)
        let isRefusing = try await refusesToReplace(act)
        if !isRefusing, !Self.carriesHash(name, part.digest),
            try await facts(name, act) != nil
        {
            return try await compare(name, part, act)
        }
        let reply = try await send(name, part, act, isReplacing: false)
        switch reply.status {
        case 200..<300: try await prove(reply, name, part, act)
        case 412: try await compare(name, part, act)
        default: throw refusal(reply, act)
        }
    }

    /// Why an object was not stored; that the bucket has no locks is said in words.
    private func refusal(_ reply: S3Reply, _ act: S3Act) -> Fault {
        let error = S3ErrorReply(reply)
        guard client.settings.lock != nil, error.status == 400, error.code == "InvalidRequest"
        else { return client.fault(reply, act) }
        return withoutLocks(act)
    }

    /// Puts bytes over whatever is there; see ``ObjectStore/supersede(_:with:)``.
    ///
    /// One request, and the new object takes the old one's place at once; in a versioned bucket nothing is lost.
    ///
    /// - Throws: As ``ObjectStore/supersede(_:with:)``.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        let act = act("replace object", name.text)
        let part = UploadPart(bytes)
        // What the server knows of conditions and checksums has to be known.
        _ = try await refusesToReplace(act)
        let reply = try await send(name, part, act, isReplacing: true)
        guard reply.isSuccess else { throw refusal(reply, act) }
        try await prove(reply, name, part, act)
    }

    private func send(
        _ name: ObjectName,
        _ part: UploadPart,
        _ act: S3Act,
        isReplacing: Bool
    ) async throws(Fault) -> S3Reply {
        guard part.count <= Self.largestWhole else {
            return try await sendInParts(name, part, act, isReplacing: isReplacing)
        }
        var request = S3Request("PUT", key(name))
        request.body = part
        request.headers = newObjectHeaders(name)
        protect(&request)
        if isReplacing { request.set("if-none-match", nil) }
        return try await client.perform(request, act)
    }

    /// The headers that decide what becomes of a new object: its class, its lock.
    func newObjectHeaders(_ name: ObjectName) -> [(name: String, value: String)] {
        let settings = client.settings
        var headers = [("content-type", "application/octet-stream")]
        if let storageClass = settings.storageClass,
            settings.storageClassPrefixes.contains(where: { name.text.hasPrefix($0) })
        {
            headers.append(("x-amz-storage-class", storageClass))
        }
        if let lock = settings.lock {
            let end = client.serverTime + lock.period
            headers.append(("x-amz-object-lock-mode", lock.mode.rawValue.uppercased()))
            headers.append(("x-amz-object-lock-retain-until-date", end.rfc3339(digits: 0)))
        }
        return headers
    }

    /// Lets the server check what arrives, and refuse to replace an object.
    func protect(_ request: inout S3Request) {
        let learned = client.learned.withLock { $0 }
        if learned.takesChecksums {
            request.set("x-amz-checksum-sha256", Self.base64(request.body.digest))
            request.set("x-amz-sdk-checksum-algorithm", "SHA256")
        }
        // Some servers want it of whoever sets a lock.
        if !learned.takesChecksums || client.settings.lock != nil {
            request.set("content-md5", Self.base64(Array(ETag.md5(request.body))))
        }
        if learned.takesConditions { request.set("if-none-match", "*") }
    }

    /// Makes sure that the server has what it was sent, going by its reply or, where that tells nothing, by a look.
    private func prove(
        _ reply: S3Reply,
        _ name: ObjectName,
        _ part: UploadPart,
        _ act: S3Act
    ) async throws(Fault) {
        if let checksum = reply["x-amz-checksum-sha256"],
            reply["x-amz-checksum-type"] != "COMPOSITE"
        {
            guard checksum == Self.base64(part.digest) else { throw other(act) }
            return
        }
        if reply["etag"].map(ETag.plain) == ETag.digest(part) { return }
        guard let facts = try await facts(name, act) else {
            throw Fault(
                .storeUnreachable,
                act.message("the server says that it is stored, but it is not there")
            )
        }
        guard facts.bytes == part.count,
            facts.checksum.map({ $0 == Self.base64(part.digest) }) ?? true
        else { throw other(act) }
    }

    /// Finds out whether an object that is there already has the bytes that should be stored.
    private func compare(
        _ name: ObjectName,
        _ part: UploadPart,
        _ act: S3Act
    ) async throws(Fault) {
        switch try await likeness(name, part, act) {
        case true?: return
        case false?: break
        case nil:
            let step: Int64 = 4 << 20
            var isSame = true
            for start in stride(from: 0, to: Int64(part.count), by: Int(step)) where isSame {
                let end = min(start + step, Int64(part.count))
                let stored = try await read(name, range: start..<end)
                isSame = stored.elementsEqual(part.bytes[Int(start)..<Int(end)])
            }
            if isSame { return }
        }
        throw Fault(
            .objectExists,
            act.message("it is there already and holds other bytes"),
            hints: ["The store may be damaged; find out with: lifeboat check"]
        )
    }

    /// Whether an object has some bytes, as far as the server tells without handing it out.
    private func likeness(
        _ name: ObjectName,
        _ part: UploadPart,
        _ act: S3Act
    ) async throws(Fault) -> Bool? {
        let bytes: Int64
        let tag: String?
        do throws(Fault) {
            guard let facts = try await facts(name, act) else {
                throw Fault(
                    .storeUnreachable,
                    act.message("the server says that it is there and that it is not")
                )
            }
            if let checksum = facts.checksum { return checksum == Self.base64(part.digest) }
            (bytes, tag) = (facts.bytes, facts.tag)
        } catch  where error.code == .storeDenied {
            // A host may be allowed to write and to list, and not to read.
            guard let item = try await listed(name, act) else { throw error }
            (bytes, tag) = (item.bytes, item.tag)
        }
        if bytes != part.count { return false }
        return tag == ETag.digest(part) ? true : nil
    }

    private func other(_ act: S3Act) -> Fault {
        Fault(.storeUnreachable, act.message("the server has stored other bytes than it was sent"))
    }

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// Whether a name carries the SHA-256 of its bytes, or the first half of it at its end, so that nothing else
    /// can rightly be stored there.
    static func carriesHash(_ name: ObjectName, _ digest: [UInt8]) -> Bool {
        let hash = Hexadecimal.encode(digest)
        let last = name.labels.last ?? ""
        return last == hash || last.hasSuffix("-\(hash.prefix(16))")
    }
}
