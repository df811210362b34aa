public import Model
internal import ObjectStorage

extension Vault {
    /// What is so of a file that was put back.
    static let earlierWayOut = "an earlier release's is there, and this host stored its own"

    /// The same vault, where this host has stored this release's way out: an earlier one there is damage.
    public var holdingOwnWayOut: Vault {
        var vault = self
        vault.holdsOwnWayOut = true
        return vault
    }

    /// The files of an earlier release's way out that somebody put in the place of those which this host stored, one fault each.
    ///
    /// Three reads; none where this host stored none. Files that no release shipped, or that are gone, are for a check to find.
    ///
    /// - Throws: what the store throws.
    public func earlierWayOut() async throws(Fault) -> [Fault] {
        guard holdsOwnWayOut else { return [] }
        var found: [Fault] = []
        for (file, bytes) in WayOut.files {
            let name = VaultName.wayOut(file).objectName
            do throws(Fault) {
                let present = try await store.get(name, limit: Self.largestDocument)
                if present != bytes, WayOut.isKnown(file, present) {
                    found.append(.damaged(name.text, Self.earlierWayOut))
                }
            } catch  where error.code == .objectMissing || error.code.disposition == .corrupt {
                continue
            }
        }
        return found
    }

    /// Puts this release's way out in the place of an earlier one's, and back where it is missing.
    ///
    /// Three reads, and a write or two for each file that is not the one of today. After a failure each file is whole: the
    /// one of today, the earlier one, or what was found.
    ///
    /// - Throws: `E-VAULT-DAMAGED` for a file that no release shipped, which stays; what the store throws.
    public func renewWayOut() async throws(Fault) {
        try checkWritable()
        for (file, bytes) in WayOut.files {
            let name = VaultName.wayOut(file)
            let present: [UInt8]
            do throws(Fault) {
                present = try await store.get(name.objectName, limit: Self.largestDocument)
                if !WayOut.isKnown(file, present) { try prove(present, to: name) }
            } catch  where error.code == .objectMissing {
                try await store.put(name.objectName, bytes)
                continue
            }
            if present != bytes { try await store.replace(name.objectName, with: bytes) }
        }
    }
}
