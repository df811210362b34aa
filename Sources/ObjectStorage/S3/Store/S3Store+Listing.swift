public import Model

extension S3Store {
    /// Reports every object below a prefix; see ``ObjectStore/list(_:_:)``.
    ///
    /// One request for a thousand keys; one page is held in memory. A page is read to its end before anything of it
    /// is reported; one that is cut off, contradicts itself, repeats or goes back is a fault and never the end. Keys
    /// that are no names of objects are skipped; see ``listOddities(_:)``.
    ///
    /// - Throws: As ``ObjectStore/list(_:_:)``.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        let start = keyPrefix + (try ObjectPrefix.labels(prefix).map { "\($0)/" }.joined())
        let act = act("list objects", prefix)
        try await pages(start, act) { (item) throws(Fault) in
            guard let name = name(ofKey: item.key) else { return }
            try body(
                ObjectInfo(
                    name: name,
                    bytes: item.bytes,
                    modified: item.modified,
                    storageClass: item.storageClass == "STANDARD" ? nil : item.storageClass
                )
            )
        }
    }

    /// Reports the keys that no object can have; see ``ObjectStore/listOddities(_:)``.
    ///
    /// Takes as many requests as a listing of everything. The key of the probe is ours and not reported.
    ///
    /// - Throws: As ``ObjectStore/listOddities(_:)``.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        let act = act("list objects", "")
        try await pages(keyPrefix, act) { (item) throws(Fault) in
            guard name(ofKey: item.key) == nil, item.key != keyPrefix + Self.probe else { return }
            let place = item.key.dropFirst(keyPrefix.utf8.count)
            try body(
                StoreOddity(
                    place: PercentEncoding.encode(place, keepingSlash: true),
                    kind: "a key that no object can have"
                )
            )
        }
    }

    private func pages(
        _ start: String,
        _ act: S3Act,
        _ body: (ListingPage.Item) throws(Fault) -> Void
    ) async throws(Fault) {
        var token: String?
        var last: String?
        var barren = 0
        repeat {
            let page = try await page(start, from: token, act)
            for item in page.items {
                guard item.key.hasPrefix(start) else {
                    throw act.fault(MalformedReply("it holds keys that were not asked for"))
                }
                guard last.map({ $0.utf8.lexicographicallyPrecedes(item.key.utf8) }) ?? true else {
                    throw act.fault(MalformedReply("its keys are not in order"))
                }
                last = item.key
            }
            for item in page.items { try body(item) }
            barren = page.items.isEmpty ? barren + 1 : 0
            guard page.next == nil || page.next != token, barren < 1_000 else {
                throw act.fault(MalformedReply("it leads nowhere"))
            }
            token = page.next
        } while token != nil
    }

    private func page(
        _ start: String,
        from token: String?,
        _ act: S3Act
    ) async throws(Fault) -> ListingPage {
        var request = S3Request("GET", nil)
        request.query = [
            ("list-type", "2"), ("prefix", start), ("max-keys", "1000"), ("encoding-type", "url"),
        ]
        if let token { request.query.append(("continuation-token", token)) }
        // A thousand keys of a thousand bytes, each of them encoded.
        request.replyLimit = 8 << 20
        let reply = try await client.perform(request, act)
        guard reply.status == 200 else { throw client.fault(reply, act) }
        do throws(MalformedReply) {
            return try ListingPage(reply.body)
        } catch {
            throw act.fault(error)
        }
    }

    /// What a listing tells about one key, for who may list and not read; nil when there is none.
    func listed(_ name: ObjectName, _ act: S3Act) async throws(Fault) -> ListingPage.Item? {
        try await page(key(name), from: nil, act).items.first { $0.key == key(name) }
    }
}
