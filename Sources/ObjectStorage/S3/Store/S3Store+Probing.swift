import Model
import Synchronization

extension S3Store {
    /// The key that is stored to find out what a server can; no object has such a name.
    static let probe = ".probe"

    /// Whether the server refuses to replace an object when asked to; finds it out with the first call.
    ///
    /// The key `.probe` is stored twice with the same bytes: a server that refuses the second one can be trusted.
    /// Later, one attempt is enough. Who may not store that key is taken for not refusing.
    func refusesToReplace(_ act: S3Act) async throws(Fault) -> Bool {
        if let known = client.learned.withLock({ $0.isConditional }) { return known }
        var stored = 0
        while true {
            var request = S3Request("PUT", keyPrefix + Self.probe)
            request.body = UploadPart(Array("lifeboat\n".utf8))
            protect(&request)
            let reply = try await client.perform(request, act)
            switch reply.status {
            case 412: return settle(true)
            case 200..<300:
                stored += 1
                let isAsked = client.learned.withLock { $0.takesConditions }
                if stored == 2 || !isAsked { return settle(false) }
            case 400, 501:
                // One of the two headers is too new for the server: first it goes without conditions, then without
                // checksums.
                guard client.learned.withLock({ $0.giveUpOne() }) else {
                    throw client.fault(reply, act)
                }
            case 403: return settle(false)
            default: throw client.fault(reply, act)
            }
        }
    }

    private func settle(_ isRefusing: Bool) -> Bool {
        client.learned.withLock { $0.isConditional = isRefusing }
        return isRefusing
    }
}

extension S3Learned {
    /// Stops using a header that the server may not know; false when there is none left.
    fileprivate mutating func giveUpOne() -> Bool {
        if takesConditions {
            takesConditions = false
        } else if takesChecksums {
            takesChecksums = false
        } else {
            return false
        }
        return true
    }
}
