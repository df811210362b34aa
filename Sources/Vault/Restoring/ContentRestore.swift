public import Model
internal import ObjectStorage
public import Sealing
internal import SystemIO
public import SystemPackage

/// Brings the contents of a snapshot's files back, pack by pack.
///
/// ```
/// add(entry) … ──▶ runs sorted by pack ──▶ workers: each pack read once, each frame decoded once ──▶ sink
/// ```
/// So the cost is one read of each pack that holds something wanted, however scattered the files' extents are. Memory is
/// bounded by the sorter and one pack a worker.
public final class ContentRestore {
    private let vault: Vault
    private let packs: PackMap
    private let snapshot: String
    private let identities: [AgeIdentity]
    private let sorter: RunSorter
    /// Bytes that will be written.
    public private(set) var bytes: Int64 = 0

    /// `directory`: where temporary files go; it exists.
    public init(
        _ vault: Vault,
        snapshot: Snapshot,
        identities: [AgeIdentity],
        temporary directory: FilePath
    ) throws(Fault) {
        self.vault = vault
        self.snapshot = snapshot.id.description
        self.identities = identities
        packs = try PackMap(snapshot.head.packs, snapshot: snapshot.id.description)
        sorter = RunSorter(in: directory)
    }

    /// Plans the content of a file; holes need nothing.
    ///
    /// - Throws: `E-VAULT-DAMAGED` when an extent cannot be, `E-IO-…` when the temporary file cannot be written.
    public func add(_ entry: ManifestEntry, file: UInt32) throws(Fault) {
        var offset: Int64 = 0
        for extent in entry.extents {
            if !extent.isHole {
                guard let length = UInt32(exactly: extent.length), extent.frame > 0,
                    Int(length) + Int(extent.start) <= FrameType.data.plainLimit
                else { throw .damaged(snapshot, "its manifest reaches past a frame") }
                try sorter.append(
                    PlacedRun(
                        pack: extent.pack,
                        frame: extent.frame,
                        start: extent.start,
                        length: length,
                        file: file,
                        offset: offset
                    )
                )
                bytes += extent.length
            }
            offset += extent.length
        }
    }

    /// Fetches everything and hands it to the sink; `progress` hears of bytes as they are written.
    ///
    /// After failure some places have been written and others not.
    ///
    /// - Throws: `E-VAULT-DAMAGED` or `E-VAULT-MISSING` naming the pack, `E-KEY-WRONG`, what the store and the sink throw.
    public func run(
        into sink: any ContentSink,
        workers: Int = 3,
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws(Fault) {
        let queue = BoundedQueue<PackWork>(capacity: 1)
        let vault = vault
        let identities = identities
        let result: Result<Void, Fault> = await withTaskGroup(of: Fault?.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    do throws(Fault) {
                        let reader = try PackWorker(vault, identities: identities, sink: sink)
                        while let work = try await queue.next() {
                            try await reader.run(work, progress: progress)
                        }
                        return nil
                    } catch {
                        queue.fail(error)
                        return error
                    }
                }
            }
            do throws(Fault) {
                try await distribute(to: queue)
                queue.close()
            } catch { queue.fail(error) }
            var first: Fault?
            for await fault in group { first = first ?? fault }
            return first.map { .failure($0) } ?? .success(())
        }
        try result.get()
    }

    /// Cuts the sorted runs into work by pack; a pack with very many runs is cut again, to bound memory.
    private func distribute(to queue: BoundedQueue<PackWork>) async throws(Fault) {
        var work: PackWork?
        try await sorter.forEach { run async throws(Fault) in
            if let present = work, present.pack.id.prefix == run.pack, present.runs.count < 65_536 {
                work?.runs.append(run)
                return
            }
            if let present = work { try await queue.push(present) }
            work = PackWork(pack: try packs.pack(run.pack, snapshot: snapshot), runs: [run])
        }
        if let work { try await queue.push(work) }
    }
}
