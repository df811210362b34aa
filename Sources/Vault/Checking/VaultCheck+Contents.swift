internal import Model
internal import ObjectStorage

extension VaultCheck {
    /// Decodes every file of every snapshot, and every piece of log.
    mutating func checkContents(_ progress: (CheckReport) -> Void) async throws(Fault) {
        for index in inventory.snapshots.indices {
            let (id, bytes) = inventory.snapshots[index]
            let depth = try await decodingDepth(id, bytes)
            _ = try await finding(id.description, depth) { check async throws(Fault) in
                let snapshot = try await check.vault.snapshot(id, objectBytes: bytes)
                let deep = SnapshotCheck(
                    check.vault,
                    snapshot,
                    identities: check.request.identities
                )
                check.report.files += try await deep.run()
            }
            progress(report)
        }
        for stream in inventory.logs.streams {
            let reader = try await LogReader(vault, stream: stream)
            for piece in reader.pieces {
                _ = try await finding(reader.name(of: piece).text, .deep) {
                    check async throws(Fault) in
                    _ = try await reader.content(of: piece, identities: check.request.identities)
                }
            }
        }
    }

    /// How closely one must look to find what is wrong inside a snapshot: when a pack of it is broken, reading bytes is
    /// enough, and reading them again will tell when it is mended.
    private func decodingDepth(_ id: SnapshotID, _ bytes: Int64) async throws(Fault) -> CheckDepth {
        do throws(Fault) {
            let snapshot = try await vault.snapshot(id, objectBytes: bytes)
            let isBroken = snapshot.head.packs.contains { pack in
                inventory.packs.find(pack.id).map { inventory.packs.isBroken($0) } ?? true
            }
            return isBroken ? .hashes : .deep
        } catch  where error.code.disposition == .corrupt || error.code == .objectMissing {
            return .hashes
        }
    }
}
