public import Model

extension S3Store {
    /// Every version that the bucket keeps of an object, the current one first; the only one where it keeps none.
    ///
    /// A name commits to its bytes, so when somebody with the host's keys has stored others over them, the right
    /// ones are still in one of these; ``read(_:version:range:)`` reads it. See ``ObjectStore/versions(of:)``.
    ///
    /// - Throws: As ``ObjectStore/versions(of:)``.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        let act = act("list versions of object", name.text)
        var found: [ObjectVersion] = []
        let key = key(name)
        // Keys come in order, so what follows another key is no version of ours.
        try await pages(key, act, while: { $0.key == key }) { (item) throws(Fault) in
            guard item.key == key else { return }
            found.append(
                ObjectVersion(
                    id: item.id,
                    bytes: item.bytes,
                    modified: item.modified,
                    isCurrent: item.isLatest,
                    isDeletion: item.isMarker
                )
            )
        }
        // Some servers list deletions after everything else.
        return found.filter(\.isCurrent) + found.filter { !$0.isCurrent }
    }

    /// Reports the keys whose newest version only says that they were deleted; see ``ObjectStore/listDeleted(_:)``.
    ///
    /// One request for a thousand versions. Memory: the names that are reported.
    ///
    /// - Throws: As ``ObjectStore/listDeleted(_:)``.
    public func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault) {
        let act = act("list deleted objects", "")
        guard try await keepsVersions(act) else { return }
        var deleted: Set<ObjectName> = []
        var held: Set<ObjectName> = []
        try await pages(keyPrefix, act, while: { _ in true }) { (item) throws(Fault) in
            guard let name = name(ofKey: item.key) else { return }
            if item.isMarker {
                if item.isLatest { deleted.insert(name) }
            } else if deleted.contains(name) {
                held.insert(name)
            } else if !item.isLatest {
                // Where markers come last it is not known yet.
                held.insert(name)
            }
        }
        for name in deleted.intersection(held).sorted() { try body(name) }
    }

    /// Deletes the marks that an object was deleted; see ``ObjectStore/undelete(_:)``.
    ///
    /// - Throws: As ``ObjectStore/undelete(_:)``.
    public func undelete(_ name: ObjectName) async throws(Fault) -> Bool {
        let act = act("take back the deletion of object", name.text)
        let versions = try await versions(of: name)
        guard versions.first?.isDeletion == true, versions.contains(where: { !$0.isDeletion })
        else { return false }
        for version in versions where version.isDeletion {
            var request = S3Request("DELETE", key(name))
            request.query = [("versionId", version.id)]
            let reply = try await client.perform(request, act)
            guard reply.isSuccess else { throw client.fault(reply, act) }
        }
        return true
    }

    /// Reads the versions below a prefix, a page at a time as long as the place of the next one is of use.
    private func pages(
        _ prefix: String,
        _ act: S3Act,
        while isUseful: (VersionPage.Next) -> Bool,
        _ body: (VersionPage.Item) throws(Fault) -> Void
    ) async throws(Fault) {
        var from: VersionPage.Next?
        var barren = 0
        repeat {
            guard let page = try await page(prefix, from: from, act) else { return }
            for item in page.items { try body(item) }
            barren = page.items.isEmpty ? barren + 1 : 0
            guard page.next == nil || page.next != from, barren < 1_000 else {
                throw act.fault(MalformedReply("it leads nowhere"))
            }
            from = page.next.flatMap { isUseful($0) ? $0 : nil }
        } while from != nil
    }

    /// One page; nil when the server knows no versions.
    private func page(
        _ prefix: String,
        from next: VersionPage.Next?,
        _ act: S3Act
    ) async throws(Fault) -> VersionPage? {
        var request = S3Request("GET", nil)
        request.query = [("versions", ""), ("prefix", prefix), ("encoding-type", "url")]
        if let next {
            request.query.append(("key-marker", next.key))
            if let version = next.version { request.query.append(("version-id-marker", version)) }
        }
        request.replyLimit = 8 << 20
        let reply = try await client.perform(request, act)
        if next == nil, reply.status == 501 || reply.status == 405 { return nil }
        guard reply.status == 200 else { throw client.fault(reply, act) }
        do throws(MalformedReply) {
            return try VersionPage(reply.body)
        } catch {
            throw act.fault(error)
        }
    }
}
