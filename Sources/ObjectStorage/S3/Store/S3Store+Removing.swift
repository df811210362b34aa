public import Model
import Synchronization

extension S3Store {
    /// Removes an object with all its versions; see ``ObjectStore/remove(_:)``.
    ///
    /// The first call asks whether the bucket keeps versions. Where it does, a plain deletion would only hide the
    /// object, so each version is deleted by its id, the current one first: a locked object stays as it was.
    ///
    /// - Throws: As ``ObjectStore/remove(_:)``.
    public func remove(_ name: ObjectName) async throws(Fault) {
        let act = act("remove object", name.text)
        if try await keepsVersions(act) { return try await removeVersions(name, act) }
        let reply = try await client.perform(S3Request("DELETE", key(name)), act)
        guard reply.isSuccess else {
            let fault = client.fault(reply, act)
            if fault.code == .objectMissing { return }
            throw fault
        }
        guard reply["x-amz-delete-marker"] == "true" else { return }
        client.learned.withLock { $0.isVersioned = true }
        try await removeVersions(name, act)
    }

    private func removeVersions(_ name: ObjectName, _ act: S3Act) async throws(Fault) {
        let versions = try await versions(of: name)
        let order =
            versions.filter { $0.isCurrent && !$0.isDeletion }
            + versions.filter { !$0.isCurrent && !$0.isDeletion }
            + versions.filter { $0.isDeletion }
        for version in order {
            var request = S3Request("DELETE", key(name))
            request.query = [("versionId", version.id)]
            let reply = try await client.perform(request, act)
            if reply.isSuccess { continue }
            let fault = client.fault(reply, act)
            if fault.code == .objectMissing { continue }
            throw try await lockedFault(name, version, act) ?? fault
        }
    }

    /// The fault of a version that cannot be deleted because it is locked; nil when it is not.
    private func lockedFault(
        _ name: ObjectName,
        _ version: ObjectVersion,
        _ act: S3Act
    ) async throws(Fault) -> Fault? {
        guard !version.isDeletion, let facts = try await facts(name, version: version.id, act)
        else { return nil }
        if let end = facts.lockedUntil, end > client.serverTime {
            return Fault(
                .objectLocked,
                act.message("it is kept: it is locked until \(end.rfc3339(digits: 0))")
            )
        }
        guard facts.hasLegalHold else { return nil }
        return Fault(.objectLocked, act.message("it is kept: it is under a legal hold"))
    }

    /// Whether the bucket keeps versions.
    ///
    /// Who may not ask finds out from the reply to the first deletion.
    func keepsVersions(_ act: S3Act) async throws(Fault) -> Bool {
        if let known = client.learned.withLock({ $0.isVersioned }) { return known }
        var request = S3Request("GET", nil)
        request.query = [("versioning", "")]
        let reply = try await client.perform(request, act)
        guard reply.isSuccess else {
            let fault = client.fault(reply, act)
            if fault.code == .storeMissing { throw fault }
            return false
        }
        let isKeeping: Bool
        do throws(MalformedReply) {
            let document = try XMLElement(parsing: reply.body)
            // Should this be wrong, the reply to a deletion says so.
            isKeeping = document["Status"] != nil
        } catch {
            throw act.fault(error)
        }
        client.learned.withLock { $0.isVersioned = isKeeping }
        return isKeeping
    }
}
