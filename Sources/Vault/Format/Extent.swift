/// A run of bytes inside one frame of one pack, or of zeros that are stored nowhere.
public struct Extent: Sendable, Hashable {
    /// The first eight bytes of the pack's name; zero for zeros.
    public let pack: UInt64
    /// Where the frame begins in the pack; zero for zeros.
    public let frame: UInt32
    /// The first byte of the run in the decoded frame.
    public let start: UInt32
    /// How many bytes.
    public let length: Int64

    /// Whether the run is zeros that are stored nowhere.
    public var isHole: Bool { pack == 0 && frame == 0 }
}
