internal import Model
internal import ObjectStorage
internal import Sealing

/// Fetches and decodes what a restore wants from packs, one pack after the other.
final class PackWorker {
    private let vault: Vault
    private let identities: [AgeIdentity]
    private let sink: any ContentSink
    private let decoder: ZstdDecoder

    init(_ vault: Vault, identities: [AgeIdentity], sink: any ContentSink) throws(Fault) {
        self.vault = vault
        self.identities = identities
        self.sink = sink
        decoder = try ZstdDecoder()
    }

    /// Writes every run of the work to the sink; each frame is decoded once.
    func run(_ work: PackWork, progress: @Sendable (Int64) -> Void) async throws(Fault) {
        var pack = OpenPack(
            work.pack,
            front: try await vault.front(of: work.pack),
            identities: identities
        )
        let whole = try await wholePack(work)
        var runs = work.runs[...]
        while let first = runs.first {
            let group = runs.prefix { $0.frame == first.frame }
            runs = runs.dropFirst(group.count)
            let stored = try await storedFrame(work.pack, at: Int(first.frame), whole: whole)
            let plain: [UInt8]
            do throws(Fault) {
                plain = try pack.open(stored, at: Int(first.frame), decoder: decoder)
            } catch  where error.code == .wrongKey {
                throw try await vault.damage(in: work.pack) ?? error
            }
            for run in group {
                let start = Int(run.start)
                guard start + Int(run.length) <= plain.count else {
                    throw .damaged(pack.name, "the frame at byte \(run.frame) is too short")
                }
                try await sink.write(
                    plain[start..<start + Int(run.length)],
                    to: run.file,
                    at: run.offset
                )
                progress(Int64(run.length))
            }
        }
    }

    /// The whole pack when much of it is wanted: one large read instead of many small ones.
    private func wholePack(_ work: PackWork) async throws(Fault) -> [UInt8]? {
        let frames = Set(work.runs.lazy.map(\.frame)).count
        // A frame is 64 to 256 KiB stored; from about a quarter of the pack on, reading all of it is cheaper.
        guard frames * (256 << 10) > work.pack.bytes / 2, work.pack.bytes <= 256 << 20 else {
            return nil
        }
        let name = VaultName.pack(work.pack.id).objectName
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try await vault.store.get(name, limit: work.pack.bytes)
        } catch  where error.code == .objectMissing {
            throw vault.missing(name)
        }
        guard bytes.count == work.pack.bytes else {
            throw .damaged(
                name.description,
                "it is \(bytes.count) bytes long, not \(work.pack.bytes)"
            )
        }
        return bytes
    }

    private func storedFrame(
        _ pack: PackReference,
        at offset: Int,
        whole: [UInt8]?
    ) async throws(Fault) -> ArraySlice<UInt8> {
        guard let whole else { return try await vault.storedFrame(pack, at: Int64(offset))[...] }
        let name = VaultName.pack(pack.id).objectName.description
        guard offset <= whole.count - FrameHeader.bytes else {
            throw .damaged(name, "it has no frame at byte \(offset)")
        }
        let header: FrameHeader
        do throws(Fault) {
            header = try FrameHeader(whole[offset..<offset + FrameHeader.bytes])
        } catch { throw .damaged(name, "the frame at byte \(offset) was changed", cause: error) }
        return whole[offset...].prefix(FrameHeader.bytes + header.storedLength)
    }
}
