public import Model
import Synchronization

extension S3Store {
    /// Protects an object from deletion; see ``ObjectStore/keep(_:until:)``.
    ///
    /// One request to see how long it is protected already, and one more when that is too short. The first call asks whether
    /// the bucket has locks: a server that overlooks what the request is about would replace the object.
    ///
    /// - Throws: As ``ObjectStore/keep(_:until:)``; `E-STORE-NOLOCK` also when the settings have no lock.
    public func keep(_ name: ObjectName, until time: Instant) async throws(Fault) {
        let act = act("protect object", name.text)
        guard let lock = client.settings.lock else { throw withoutLocks(act) }
        guard let facts = try await facts(name, act) else { throw missing(act) }
        // The server knows whole seconds.
        let end = Instant(seconds: time.seconds) < time ? time + .seconds(1) : time
        if let held = facts.lockedUntil, held >= Instant(seconds: end.seconds) { return }
        guard try await hasLocks(act) ?? (facts.lockedUntil != nil) else { throw withoutLocks(act) }
        let text =
            "<Retention xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<Mode>\(lock.mode.rawValue.uppercased())</Mode>"
            + "<RetainUntilDate>\(end.rfc3339(digits: 0))</RetainUntilDate></Retention>"
        var request = S3Request("PUT", key(name))
        request.query = [("retention", "")]
        request.body = UploadPart(Array(text.utf8))
        request.set("content-md5", Self.base64(Array(ETag.md5(request.body))))
        request.set("content-type", "application/xml")
        let reply = try await client.perform(request, act)
        guard !reply.isSuccess else { return }
        let error = S3ErrorReply(reply)
        switch (error.code, error.status) {
        case ("InvalidRequest", _), ("ObjectLockConfigurationNotFoundError", _),
            ("NotImplemented", _), (_, 405), (_, 501):
            throw withoutLocks(act)
        default: throw client.fault(reply, act)
        }
    }

    /// Whether the bucket was made with Object Lock; nil for who may not ask.
    ///
    /// That an object carries a lock proves nothing: some servers keep the headers and lock nothing.
    func hasLocks(_ act: S3Act) async throws(Fault) -> Bool? {
        if let known = client.learned.withLock({ $0.hasLocks }) { return known }
        var request = S3Request("GET", nil)
        request.query = [("object-lock", "")]
        let reply = try await client.perform(request, act)
        if reply.status == 401 || reply.status == 403 { return nil }
        var hasLocks = false
        if reply.isSuccess, let document = try? XMLElement(parsing: reply.body) {
            hasLocks =
                document.name == "ObjectLockConfiguration"
                && document["ObjectLockEnabled"] == "Enabled"
        }
        client.learned.withLock { $0.hasLocks = hasLocks }
        return hasLocks
    }

    func withoutLocks(_ act: S3Act) -> Fault {
        Fault(
            .storeHasNoLocks,
            act.message("this store has no locks"),
            hints: ["Give `lock:` to a copy in a bucket that was made with Object Lock."]
        )
    }
}
