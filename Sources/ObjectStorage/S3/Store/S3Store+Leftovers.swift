public import Model

extension S3Store {
    /// Gives up uploads in parts that were begun and not finished; see ``ObjectStore/removeLeftovers(olderThan:)``.
    ///
    /// A server that does not know such uploads, or does not list them, has none. Takes a request for each thousand and one for
    /// each that goes.
    ///
    /// - Throws: As ``ObjectStore/removeLeftovers(olderThan:)``.
    public func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int {
        let act = act("list unfinished uploads", "")
        var stale: [UploadsPage.Item] = []
        var from: UploadsPage.Next?
        var pages = 0
        repeat {
            guard let page = try await uploads(from: from, act) else { return 0 }
            stale += page.items.filter {
                name(ofKey: $0.key) != nil && client.serverTime - $0.begun > age
            }
            pages += 1
            guard page.next == nil || page.next != from, pages < 1_000 else {
                throw act.fault(MalformedReply("it leads nowhere"))
            }
            from = page.next
        } while from != nil
        for upload in stale {
            var request = S3Request("DELETE", upload.key)
            request.query = [("uploadId", upload.id)]
            let reply = try await client.perform(request, act)
            guard reply.isSuccess || S3ErrorReply(reply).code == "NoSuchUpload" else {
                throw client.fault(reply, act)
            }
        }
        return stale.count
    }

    /// One page; nil when the server lists none.
    private func uploads(
        from next: UploadsPage.Next?,
        _ act: S3Act
    ) async throws(Fault) -> UploadsPage? {
        var request = S3Request("GET", nil)
        request.query = [("uploads", ""), ("prefix", keyPrefix), ("encoding-type", "url")]
        if let next {
            request.query.append(("key-marker", next.key))
            if let upload = next.upload { request.query.append(("upload-id-marker", upload)) }
        }
        request.replyLimit = 8 << 20
        let reply = try await client.perform(request, act)
        guard reply.status == 200 else {
            let fault = client.fault(reply, act)
            if fault.code == .storeDenied || fault.code == .storeMissing { throw fault }
            return nil
        }
        do throws(MalformedReply) {
            return try UploadsPage(reply.body)
        } catch {
            if next == nil { return nil }
            throw act.fault(error)
        }
    }
}
