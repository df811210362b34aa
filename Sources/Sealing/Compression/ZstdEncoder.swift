internal import CZstd
public import Model

/// Compresses blocks with zstd; holds the library's working memory between blocks.
@safe public struct ZstdEncoder: ~Copyable {
    private let context: OpaquePointer

    /// Takes working memory.
    ///
    /// - Throws: `E-SEAL-CODEC` when there is none.
    public init() throws(Fault) {
        guard let context = unsafe ZSTD_createCCtx() else {
            throw Fault(.compression, "unable to compress: no memory for zstd")
        }
        unsafe self.context = context
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// Compresses a block to one zstd frame; nil when that is not smaller than the block.
    ///
    /// - Throws: `E-SEAL-CODEC` when the library reports an error other than lack of room.
    public func compress(_ plain: [UInt8], level: Int32) throws(Fault) -> [UInt8]? {
        guard plain.count > 64 else { return nil }
        var failure: String?
        let stored = unsafe [UInt8](unsafeUninitializedCapacity: plain.count) { room, count in
            let size = unsafe plain.withUnsafeBytes { source in
                unsafe ZSTD_compressCCtx(
                    context,
                    room.baseAddress,
                    plain.count - 1,
                    source.baseAddress,
                    source.count,
                    level
                )
            }
            guard ZSTD_isError(size) == 0 else {
                if ZSTD_getErrorCode(size) != ZSTD_error_dstSize_tooSmall {
                    failure = unsafe String(cString: ZSTD_getErrorName(size))
                }
                return
            }
            count = size
        }
        if let failure { throw Fault(.compression, "unable to compress: \(failure)") }
        return stored.isEmpty ? nil : stored
    }
}
