// The only places that load numbers from foreign bytes; each load is bounds-checked.
extension RawSpan {
    /// A big-endian number, as the protocol sends it; `offset` and the bytes after it must lie
    /// inside.
    func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type,
        at offset: Int
    ) -> Number {
        unsafe Number(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// A little-endian number, as x86 and ARM servers keep it on disk; the bytes must lie inside.
    func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type,
        at offset: Int
    ) -> Number {
        unsafe Number(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// A copy of the bytes from `offset` to the end.
    func bytes(from offset: Int) -> [UInt8] {
        unsafe extracting(offset..<byteCount).withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
