public import Model

/// The clear head of a frame.
///
/// ```
/// 0    4    stored length: cipher text and tag
/// 4    4    plain length
/// 8    1    type
/// 9    1    codec: 0 as it is, 1 one zstd frame
/// 10   2    zero
/// ```
public struct FrameHeader: Sendable, Hashable {
    /// How the plain bytes were encoded before they were sealed.
    public enum Codec: UInt8, Sendable {
        /// As they are.
        case raw = 0
        /// One zstd frame.
        case zstd = 1
    }

    /// The size of a header in bytes.
    public static let bytes = 12
    /// The size of an authentication tag in bytes.
    public static let tagBytes = 16

    /// Cipher text and tag, in bytes.
    public let storedLength: Int
    /// The decoded length, in bytes.
    public let plainLength: Int
    /// What the frame holds.
    public let type: FrameType
    /// How it is encoded.
    public let codec: Codec

    /// Describes a frame about to be written.
    public init(storedLength: Int, plainLength: Int, type: FrameType, codec: Codec) {
        self.storedLength = storedLength
        self.plainLength = plainLength
        self.type = type
        self.codec = codec
    }

    /// Reads a header.
    ///
    /// - Throws: `E-SEAL-BROKEN` when the bytes are no header of format 1 or a length is over its limit.
    public init(_ header: ArraySlice<UInt8>) throws(Fault) {
        guard header.count == Self.bytes, header.suffix(2).allSatisfy({ $0 == 0 }),
            let type = FrameType(rawValue: header[header.startIndex + 8]),
            let codec = Codec(rawValue: header[header.startIndex + 9])
        else { throw Fault(.sealBroken, "unable to read a frame: its header is damaged") }
        let number = { (offset: Int) in
            header[(header.startIndex + offset)...].prefix(4).reduce(0) { $0 << 8 | Int($1) }
        }
        storedLength = number(0)
        plainLength = number(4)
        self.type = type
        self.codec = codec
        guard plainLength <= type.plainLimit, storedLength <= plainLength + 1024,
            storedLength >= Self.tagBytes
        else { throw Fault(.sealBroken, "unable to read a frame: its lengths are damaged") }
    }

    /// The 12 bytes.
    public var encoded: [UInt8] {
        [storedLength, plainLength].flatMap { length in
            stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: length >> $0) }
        } + [type.rawValue, codec.rawValue, 0, 0]
    }
}
