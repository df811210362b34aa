public import Model

extension S3Store {
    /// Every version that the bucket keeps of an object, the current one first; the only one where it keeps none.
    ///
    /// A name commits to its bytes, so when somebody with the host's keys has stored others over them, the right
    /// ones are still in one of these; ``read(_:version:range:)`` reads it.
    ///
    /// - Throws: `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    public func versions(of name: ObjectName) async throws(Fault) -> [S3Version] {
        let act = act("list versions of object", name.text)
        var found: [S3Version] = []
        var from: VersionPage.Next?
        var pages = 0
        repeat {
            let page = try await page(name, from: from, act)
            for item in page.items where item.key == key(name) {
                found.append(
                    S3Version(
                        id: item.id,
                        bytes: item.bytes,
                        modified: item.modified,
                        isCurrent: item.isLatest,
                        isDeletion: item.isMarker
                    )
                )
            }
            pages += 1
            guard page.next == nil || page.next != from, pages < 1_000 else {
                throw act.fault(MalformedReply("it leads nowhere"))
            }
            // Keys come in order, so what follows another key is no version of ours.
            from = page.next?.key == key(name) ? page.next : nil
        } while from != nil
        // Some servers list deletions after everything else.
        return found.filter(\.isCurrent) + found.filter { !$0.isCurrent }
    }

    private func page(
        _ name: ObjectName,
        from next: VersionPage.Next?,
        _ act: S3Act
    ) async throws(Fault) -> VersionPage {
        var request = S3Request("GET", nil)
        request.query = [("versions", ""), ("prefix", key(name)), ("encoding-type", "url")]
        if let next {
            request.query.append(("key-marker", next.key))
            if let version = next.version { request.query.append(("version-id-marker", version)) }
        }
        request.replyLimit = 8 << 20
        let reply = try await client.perform(request, act)
        guard reply.status == 200 else { throw client.fault(reply, act) }
        do throws(MalformedReply) {
            return try VersionPage(reply.body)
        } catch {
            throw act.fault(error)
        }
    }
}
