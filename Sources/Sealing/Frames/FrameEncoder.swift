public import Model

/// Compresses frames, and decodes each again before it is let go.
///
/// The decode-and-compare step is there because a compressor's bug or a flipped bit in memory would otherwise be
/// sealed, signed and found years later (restic issues 4523 and 4677).
public struct FrameEncoder: ~Copyable {
    private let encoder: ZstdEncoder
    private let decoder: ZstdDecoder

    /// Takes working memory.
    ///
    /// - Throws: `E-SEAL-CODEC` when there is none.
    public init() throws(Fault) {
        let encoder = try ZstdEncoder()
        let decoder = try ZstdDecoder()
        self.encoder = encoder
        self.decoder = decoder
    }

    /// Encodes one frame, taking or updating the level that the file's samples have earned.
    ///
    /// - Throws: `E-SEAL-CODEC` when compression fails or does not give back what it was given.
    public func encode(
        _ plain: [UInt8],
        type: FrameType,
        advisor: CompressionAdvisor
    ) throws(Fault) -> EncodedFrame {
        precondition(
            plain.count <= type.plainLimit,
            "a frame holds at most \(type.plainLimit) bytes"
        )
        let stored: [UInt8]?
        switch advisor.next() {
        case .level(let level): stored = try encoder.compress(plain, level: level)
        case .sample:
            let fast = try encoder.compress(plain, level: CompressionChoice.fast)
            let strong = try encoder.compress(plain, level: CompressionChoice.strong)
            let winner = advisor.sampled(
                fast: fast?.count ?? plain.count,
                strong: strong?.count ?? plain.count
            )
            stored = winner == CompressionChoice.strong ? strong : fast
        }
        guard let stored else {
            return EncodedFrame(type: type, codec: .raw, plainLength: plain.count, body: plain)
        }
        try prove(stored, decodesTo: plain)
        return EncodedFrame(type: type, codec: .zstd, plainLength: plain.count, body: stored)
    }

    /// Decodes a compressed frame and compares it with what went in.
    ///
    /// - Throws: `E-SEAL-CODEC` when it is anything else.
    package func prove(_ stored: [UInt8], decodesTo plain: [UInt8]) throws(Fault) {
        guard let back = try? decoder.decompress(stored, count: plain.count),
            Self.areSame(back, plain)
        else {
            throw Fault(
                .compression,
                "unable to compress a frame: it does not decode to what went in",
                hints: ["Test this machine's memory; nothing of this frame was stored."]
            )
        }
    }

    /// Whether bytes are equal; whole words at a time, which takes a tenth of the time that `==` does.
    private static func areSame(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return unsafe one.withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in
                let words = left.count / 8
                var difference: UInt64 = 0
                for word in 0..<words {
                    difference |=
                        unsafe left.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self)
                        ^ right.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self)
                }
                for byte in words * 8..<left.count {
                    difference |= unsafe UInt64(left[byte] ^ right[byte])
                }
                return difference == 0
            }
        }
    }
}
