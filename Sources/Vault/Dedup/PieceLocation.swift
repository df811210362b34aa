/// Where a page or a chunk lies.
///
/// While its frame is on the way into a pack, `pack` is zero and `frame` is the session's number of the frame plus one.
package struct PieceLocation: Sendable, Hashable {
    package let pack: UInt64
    package let frame: UInt32
    package let start: UInt32
    /// How many bytes; less than 2 GiB.
    package let length: UInt32
    /// Whether it is a piece of a manifest, not of a file.
    package let isManifest: Bool

    /// Names a place.
    package init(
        pack: UInt64,
        frame: UInt32,
        start: UInt32,
        length: UInt32,
        isManifest: Bool = false
    ) {
        self.pack = pack
        self.frame = frame
        self.start = start
        self.length = length
        self.isManifest = isManifest
    }
}
