public import Model

extension S3Store {
    /// Reads a whole object; see ``ObjectStore/get(_:limit:)``.
    ///
    /// - Throws: As ``ObjectStore/get(_:limit:)``; `E-STORE-ARCHIVED` for one that must be thawed first.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        let act = act("read object", name.text)
        var request = S3Request("GET", key(name))
        request.replyLimit = limit
        let reply = try await client.perform(request, act)
        guard reply.status == 200 else { throw client.fault(reply, act) }
        return reply.body
    }

    /// Reads a part of an object; see ``ObjectStore/read(_:range:)``.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``; `E-STORE-ARCHIVED` for one that must be thawed first.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        try await part(of: name, version: nil, range)
    }

    /// Reads a part of one version of an object; see ``ObjectStore/read(_:version:range:)``.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``; `E-STORE-ARCHIVED` for one that must be thawed first.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        try await part(of: name, version: version, range)
    }

    private func part(
        of name: ObjectName,
        version: String?,
        _ range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        let act = act("read object", name.text)
        let lower = max(0, range.lowerBound)
        guard lower < range.upperBound else {
            if try await facts(name, version: version, act) == nil { throw missing(act) }
            return []
        }
        var request = S3Request("GET", key(name))
        if let version { request.query = [("versionId", version)] }
        request.set("range", "bytes=\(lower)-\(range.upperBound - 1)")
        request.replyLimit = Int(clamping: range.upperBound - lower)
        let reply = try await client.perform(request, act)
        switch (reply.status, reply["content-range"]) {
        case (206, _), (200, _?):
            // Some servers call a part a success like any other.
            let (first, total) = try contentRange(reply, act)
            guard first == lower, Int64(reply.body.count) == min(range.upperBound, total) - lower
            else { throw act.fault(MalformedReply("it is another part of the object")) }
            return reply.body
        case (200, nil) where lower == 0:
            // The whole object is not longer than the part that was asked for.
            return reply.body
        case (416, _): return []
        default: throw client.fault(reply, act)
        }
    }

    /// What is known about an object; see ``ObjectStore/status(_:)``.
    ///
    /// - Throws: As ``ObjectStore/status(_:)``.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        let act = act("examine object", name.text)
        guard let facts = try await facts(name, act) else { return nil }
        var lockedUntil = facts.lockedUntil
        if lockedUntil != nil, client.settings.lock != nil, try await hasLocks(act) == false {
            lockedUntil = nil
        }
        return ObjectInfo(
            name: name,
            bytes: facts.bytes,
            modified: facts.modified,
            storageClass: facts.storageClass,
            lockedUntil: lockedUntil
        )
    }

    /// What the server tells about an object, or one version of it; nil when there is none.
    func facts(
        _ name: ObjectName,
        version: String? = nil,
        _ act: S3Act
    ) async throws(Fault) -> S3ObjectFacts? {
        var request = S3Request("HEAD", key(name))
        if let version { request.query = [("versionId", version)] }
        request.set("x-amz-checksum-mode", "ENABLED")
        let reply = try await client.perform(request, act)
        let isEmpty = reply.status == 416 && reply["last-modified"] != nil
        guard reply.isSuccess || isEmpty else {
            let fault = client.fault(reply, act)
            if fault.code == .objectMissing { return nil }
            throw fault
        }
        do throws(MalformedReply) {
            return try S3ObjectFacts(reply)
        } catch {
            throw act.fault(error)
        }
    }

    func missing(_ act: S3Act) -> Fault {
        Fault(.objectMissing, act.message("it is not there"))
    }

    private func contentRange(
        _ reply: S3Reply,
        _ act: S3Act
    ) throws(Fault) -> (first: Int64, total: Int64) {
        let words = (reply["content-range"] ?? "").split { " -/".contains($0) }
        guard words.count == 4, words[0] == "bytes", let first = Int64(words[1]),
            let total = Int64(words[3])
        else { throw act.fault(MalformedReply("it does not tell which part of the object it is")) }
        return (first, total)
    }
}
