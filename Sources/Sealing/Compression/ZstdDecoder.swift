internal import CZstd
public import Model

/// Decompresses zstd frames; holds the library's working memory between frames.
@safe public struct ZstdDecoder: ~Copyable {
    private let context: OpaquePointer

    /// Takes working memory.
    ///
    /// - Throws: `E-SEAL-CODEC` when there is none.
    public init() throws(Fault) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw Fault(.compression, "unable to decompress: no memory for zstd")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Decompresses one zstd frame that must give exactly `count` bytes.
    ///
    /// - Throws: `E-SEAL-BROKEN` when it gives anything else.
    public func decompress(_ stored: [UInt8], count: Int) throws(Fault) -> [UInt8] {
        var isRight = false
        let plain = unsafe [UInt8](unsafeUninitializedCapacity: count) { room, filled in
            let size = unsafe stored.withUnsafeBytes { source in
                unsafe ZSTD_decompressDCtx(
                    context,
                    room.baseAddress,
                    count,
                    source.baseAddress,
                    source.count
                )
            }
            isRight = ZSTD_isError(size) == 0 && size == count
            filled = isRight ? count : 0
        }
        guard isRight else {
            throw Fault(
                .sealBroken,
                "unable to decompress a frame: it does not hold \(count) bytes"
            )
        }
        return plain
    }
}
