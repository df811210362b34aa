public import Model

/// The head of a data page.
///
/// ```text
///   0  pd_lsn       two 32-bit halves, high first    8  pd_checksum   10  pd_flags   12  pd_lower
///  14  pd_upper   16  pd_special   18  pd_pagesize_version   20  pd_prune_xid   (little-endian)
/// ```
/// Source: `src/include/storage/bufpage.h`.
public struct PageHeader: Sendable, Hashable {
    /// The end of the WAL record that changed the page last.
    public let position: LSN
    /// The checksum that the page carries; 0 where the cluster has none.
    public let checksum: UInt16
    /// Where free space ends; 0 on a page that was never initialised.
    public let upper: UInt16

    /// Reads the head of a page; `page` must be at least 24 bytes.
    public init(_ page: RawSpan) {
        precondition(page.byteCount >= 24, "a page head has 24 bytes")
        let high = UInt64(page.littleEndian(UInt32.self, at: 0))
        position = LSN(high << 32 | UInt64(page.littleEndian(UInt32.self, at: 4)))
        checksum = page.littleEndian(UInt16.self, at: 8)
        upper = page.littleEndian(UInt16.self, at: 14)
    }

    /// Whether a page holds nothing but zeros, as one that the server has only reserved.
    public static func isAllZero(_ page: RawSpan) -> Bool {
        unsafe page.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 32 <= bytes.count {
                let word = unsafe bytes.loadUnaligned(
                    fromByteOffset: offset,
                    as: SIMD4<UInt64>.self
                )
                guard word == .zero else { return false }
                offset += 32
            }
            return unsafe bytes[offset...].allSatisfy { $0 == 0 }
        }
    }
}
