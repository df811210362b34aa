public import Model

extension S3Store {
    /// Asks the provider for a readable copy of an object in cold storage; see ``ObjectStore/thaw(_:days:isUrgent:)``.
    ///
    /// Asking again is harmless and is the way to find out how far it is. The copy costs money for as long as it is there.
    ///
    /// - Throws: As ``ObjectStore/thaw(_:days:isUrgent:)``.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        let act = act("thaw object", name.text)
        guard let facts = try await facts(name, act) else { throw missing(act) }
        if let state = ObjectThaw(facts.restore) { return state }
        guard ["GLACIER", "DEEP_ARCHIVE"].contains(facts.storageClass ?? "") else {
            return .notNeeded
        }
        let text =
            "<RestoreRequest xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<Days>\(max(1, days))</Days><GlacierJobParameters><Tier>"
            + (isUrgent ? "Standard" : "Bulk") + "</Tier></GlacierJobParameters></RestoreRequest>"
        var request = S3Request("POST", key(name))
        request.query = [("restore", "")]
        request.body = UploadPart(Array(text.utf8))
        request.set("content-md5", Self.base64(Array(ETag.md5(request.body))))
        request.set("content-type", "application/xml")
        let reply = try await client.perform(request, act)
        guard !reply.isSuccess else { return .underWay }
        guard S3ErrorReply(reply).code == "RestoreAlreadyInProgress" else {
            throw client.fault(reply, act)
        }
        return .underWay
    }
}
