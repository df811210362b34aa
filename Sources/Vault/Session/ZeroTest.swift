/// Whether bytes are all zero.
enum ZeroTest {
    /// Linear; reads eight words at a time and stops at the first block that is not zero.
    static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset + 64 <= bytes.count {
            let words = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
            if words != SIMD8<UInt64>(repeating: 0) { return false }
            offset += 64
        }
        return unsafe bytes[offset...].allSatisfy { $0 == 0 }
    }
}
