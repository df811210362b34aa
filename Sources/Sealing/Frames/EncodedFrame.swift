/// A frame that is compressed and proven to decode, but not yet sealed: sealing needs its place.
public struct EncodedFrame: Sendable {
    /// What it holds.
    public let type: FrameType
    /// How ``body`` is encoded.
    public let codec: FrameHeader.Codec
    /// The decoded length, in bytes.
    public let plainLength: Int
    /// The encoded bytes.
    public let body: [UInt8]
}
