public import Model
internal import ObjectStorage
internal import Sealing
public import SystemPackage

extension Vault {
    /// The verified heads of a stream, without their packs, by number; damaged and forged ones are in `refused`.
    ///
    /// Those that a revoked key signed are among them, and named in `revoked`.
    ///
    /// One listing, and one short read for each snapshot that this host has not verified before: `cache` is a file of
    /// its own for this stream and this store. Gone, it costs time. What is in it is shown, never restored from.
    ///
    /// - Throws: what the store throws.
    public func summaries(
        of stream: StreamName,
        cache path: FilePath
    ) async throws(Fault) -> (
        heads: [HeadSummary], revoked: Set<SnapshotID>, refused: [Fault]
    ) {
        let reader = acceptingRevoked
        let cache = HeadCache(path, vault: id)
        var heads: [HeadSummary] = []
        var refused: [Fault] = []
        for (id, bytes) in try await snapshotNames(of: stream) {
            if let known = cache.summary(id, objectBytes: bytes) {
                heads.append(known)
                continue
            }
            do throws(Fault) {
                let (snapshot, digest) = try await reader.digestedSnapshot(id, objectBytes: bytes)
                heads.append(HeadSummary(snapshot, digest: digest))
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                refused.append(error)
            }
        }
        cache.keep(heads)
        let revoked = heads.lazy.filter { refuses($0.id, by: $0.by) }.map(\.id)
        return (heads, Set(revoked), refused)
    }
}
