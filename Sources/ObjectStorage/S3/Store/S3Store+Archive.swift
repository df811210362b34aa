public import Model

extension S3Store {
    /// Asks the provider for a readable copy of an object in cold storage, and tells how far it is.
    ///
    /// Asking again is harmless and is the way to find out. The copy costs money for as long as it is there.
    ///
    /// - Parameters:
    ///   - name: The object.
    ///   - days: How long the copy should be there; at least one day.
    ///   - isUrgent: Whether to pay for hours instead of waiting for up to two days.
    /// - Returns: How far it is.
    /// - Throws: `E-STORE-MISSING`, `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> S3Thaw {
        let act = act("thaw object", name.text)
        guard let facts = try await facts(name, act) else { throw missing(act) }
        if let state = S3Thaw(facts.restore) { return state }
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
