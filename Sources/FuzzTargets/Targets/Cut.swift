/// The two ways of cutting an input that are the furthest apart.
enum Cut {
    static func whole(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] { [bytes[...]] }

    /// Byte by byte; a large input in pieces of a few, since what is slow finds little.
    static func small(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let size = bytes.count > 2_048 ? 7 : 1
        return stride(from: 0, to: bytes.count, by: size).map {
            bytes[$0..<min($0 + size, bytes.count)]
        }
    }
}
