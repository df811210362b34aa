/// What a frame holds; the number stands in its header.
public enum FrameType: UInt8, Sendable, CaseIterable {
    /// The directory of a pack, under the index key.
    case directory = 1
    /// File content, under the data key.
    case data = 2
    /// A chunk of a manifest, or the root of a snapshot, under the index key.
    case manifest = 3

    /// The most plain bytes that a frame of this type may hold.
    public var plainLimit: Int { self == .directory ? 16 << 20 : 4 << 20 }
}
