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
        var runs = work.runs[...]
        try await vault.fromAnyCopy(VaultName.pack(work.pack.id).objectName) {
            () async throws(Fault) in
            try await write(&runs, of: work, progress: progress)
        }
    }

    /// Writes runs, and takes away those that are written.
    private func write(
        _ runs: inout ArraySlice<PlacedRun>,
        of work: PackWork,
        progress: @Sendable (Int64) -> Void
    ) async throws(Fault) {
        var pack = OpenPack(
            work.pack,
            front: try await vault.front(of: work.pack),
            identities: identities
        )
        let span = try await span(of: work)
        while let first = runs.first {
            let group = runs.prefix { $0.frame == first.frame }
            let stored = try await storedFrame(work.pack, at: first.frame, in: span)
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
            runs = runs.dropFirst(group.count)
        }
    }

    /// A run of bytes of a pack.
    private struct Span {
        let start: Int
        var bytes: [UInt8]
    }

    /// A frame is about this long in the store; its first read guesses so much.
    private static let guess: Int64 = 64 << 10

    /// Everything from the first to the last wanted frame, when much of that is wanted.
    ///
    /// One large read instead of many small ones. What lies before and behind, such as frames of a manifest, is not read.
    private func span(of work: PackWork) async throws(Fault) -> Span? {
        guard let first = work.runs.first?.frame, let last = work.runs.last?.frame else {
            return nil
        }
        let frames = Set(work.runs.lazy.map(\.frame)).count
        // From about a quarter on, reading all of it is cheaper than asking for each frame.
        guard frames > 1, frames * (256 << 10) > Int(last - first) / 2,
            Int(last) < min(work.pack.bytes, 256 << 20)
        else { return nil }
        let range = Int64(first)..<Int64(last) + Self.guess
        var span = Span(start: Int(first), bytes: try await vault.packBytes(work.pack, range))
        let header: FrameHeader
        do throws(Fault) {
            header = try FrameHeader(
                span.bytes.dropFirst(Int(last - first)).prefix(FrameHeader.bytes)
            )
        } catch { throw changed(work.pack, at: last, error) }
        let end = Int64(last) + Int64(FrameHeader.bytes + header.storedLength)
        if range.upperBound < end {
            span.bytes += try await vault.packBytes(work.pack, range.upperBound..<end)
        }
        return span
    }

    private func storedFrame(
        _ pack: PackReference,
        at offset: UInt32,
        in span: Span?
    ) async throws(Fault) -> ArraySlice<UInt8> {
        guard let span else { return try await vault.storedFrame(pack, at: Int64(offset))[...] }
        let bytes = span.bytes.dropFirst(Int(offset) - span.start)
        do throws(Fault) {
            let header = try FrameHeader(bytes.prefix(FrameHeader.bytes))
            return bytes.prefix(FrameHeader.bytes + header.storedLength)
        } catch { throw changed(pack, at: offset, error) }
    }

    private func changed(_ pack: PackReference, at offset: UInt32, _ cause: Fault) -> Fault {
        .damaged(
            VaultName.pack(pack.id).objectName.description,
            "the frame at byte \(offset) was changed",
            cause: cause
        )
    }
}
