public import Model
internal import ObjectStorage
internal import Sealing
public import SystemPackage

extension Vault {
    /// The heads of a stream, and what of them does not count.
    public struct SummaryList: Sendable {
        /// Verified heads, by number; those that do not count are among them.
        public internal(set) var heads: [HeadSummary] = []
        /// Those of them that a revoked key signed.
        public internal(set) var revoked: Set<SnapshotID> = []
        /// Those of them whose numbers are far beyond those before them.
        public internal(set) var outOfPlace: Set<SnapshotID> = []
        /// Objects that are others under another name, one fault each.
        public internal(set) var misplaced: [Fault] = []
        /// Objects that are damaged or forged, one fault each.
        public internal(set) var refused: [Fault] = []
    }

    /// The verified heads of a stream, without their packs.
    ///
    /// One listing, and one short read for each snapshot that this host has not verified before: `cache` is a file of
    /// its own for this stream and this store. Gone, it costs time. What is in it is shown, never restored from.
    ///
    /// - Throws: what the store throws.
    public func summaries(
        of stream: StreamName,
        cache path: FilePath
    ) async throws(Fault) -> SummaryList {
        let reader = acceptingRevoked
        let cache = HeadCache(path, vault: id)
        var list = SummaryList()
        for (id, bytes) in try await snapshotNames(of: stream) {
            if let known = cache.summary(id, objectBytes: bytes) {
                list.heads.append(known)
                continue
            }
            do throws(Fault) {
                let (snapshot, digest) = try await reader.digestedSnapshot(id, objectBytes: bytes)
                list.heads.append(HeadSummary(snapshot, digest: digest))
            } catch  where error.code == .misplaced {
                list.misplaced.append(error)
            } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
                list.refused.append(error)
            }
        }
        cache.keep(list.heads)
        let revoked = Set(list.heads.lazy.filter { refuses($0.id, by: $0.by) }.map(\.id))
        let counting = list.heads.map(\.id).filter { !revoked.contains($0) }
        let row = NumberRow(counting.lazy.map(\.seq))
        list.revoked = revoked
        list.outOfPlace = Set(counting.lazy.filter { !row.contains($0.seq) })
        return list
    }
}
