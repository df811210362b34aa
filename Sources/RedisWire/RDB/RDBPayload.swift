/// What `RESTORE` and `FUNCTION RESTORE` take: a part of an RDB that can be checked by itself.
///
/// ```
/// part of the RDB · its version (2 bytes) · CRC-64 of both (8 bytes)
/// ```
enum RDBPayload {
    /// Makes it of the part and the version of the RDB that it is from.
    static func sealed(_ part: [UInt8], version: Int) -> [UInt8] {
        var bytes = part + [UInt8(version & 0xFF), UInt8(version >> 8 & 0xFF)]
        var checksum = CRC64()
        // Every byte of an initialised span of bytes may be read.
        checksum.update(unsafe bytes.span.bytes)
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: checksum.value >> UInt64(8 * $0)) }
        return bytes
    }
}
