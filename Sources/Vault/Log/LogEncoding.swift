internal import Model
internal import Sealing

/// What a piece of log becomes before it is sealed: its frames, compressed and proven, and the tag of its bytes.
struct LogEncoding: Sendable {
    /// How much one frame holds.
    static let frameBytes = 1 << 20
    /// How many frames of one piece are compressed at once.
    private static let lanes = 3

    /// The frames, in order.
    let frames: [EncodedFrame]
    /// The HMAC of the plain bytes.
    let tag: [UInt8]

    /// How many bytes the frames take in an object.
    var storedBytes: Int {
        frames.reduce(0) { $0 + FrameHeader.bytes + $1.body.count + FrameHeader.tagBytes }
    }

    /// Encodes a piece; one of several frames on several threads at once, which is what receiving much log waits for.
    ///
    /// Memory: what the frames take, and two frames for each thread.
    ///
    /// - Throws: `E-SEAL-CODEC` when compression fails or does not give back what it was given.
    static func make(
        of plain: [UInt8],
        encoder: borrowing FrameEncoder,
        advisor: CompressionAdvisor,
        tagger: ContentHasher
    ) async throws(Fault) -> LogEncoding {
        let count = (plain.count + frameBytes - 1) / frameBytes
        guard count > 1 else {
            let frame = try encoder.encode(plain, type: .data, advisor: advisor)
            return LogEncoding(frames: [frame], tag: tagger.tag(of: plain))
        }
        let whole = await withTaskGroup(of: Share.self) { group in
            group.addTask { Share(tag: tagger.tag(of: plain)) }
            for lane in 0..<min(lanes, count) {
                group.addTask { share(lane, of: plain, advisor) }
            }
            return await group.reduce(into: Share()) { $0.add($1) }
        }
        if let fault = whole.fault { throw fault }
        return LogEncoding(
            frames: whole.frames.sorted { $0.key < $1.key }.map(\.value),
            tag: whole.tag
        )
    }

    /// What one thread has made of a piece.
    private struct Share: Sendable {
        var frames: [Int: EncodedFrame] = [:]
        var tag: [UInt8] = []
        var fault: Fault?

        mutating func add(_ other: Share) {
            frames.merge(other.frames) { first, _ in first }
            if !other.tag.isEmpty { tag = other.tag }
            fault = fault ?? other.fault
        }
    }

    /// Every so-manieth frame.
    private static func share(
        _ lane: Int,
        of plain: [UInt8],
        _ advisor: CompressionAdvisor
    ) -> Share {
        var share = Share()
        do throws(Fault) {
            let encoder = try FrameEncoder()
            for start in stride(from: lane * frameBytes, to: plain.count, by: lanes * frameBytes) {
                let part = Array(plain[start..<min(start + frameBytes, plain.count)])
                let frame = try encoder.encode(part, type: .data, advisor: advisor)
                share.frames[start / frameBytes] = frame
            }
        } catch { share.fault = error }
        return share
    }
}
