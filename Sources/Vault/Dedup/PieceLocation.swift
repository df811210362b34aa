/// Where a page or a chunk lies.
///
/// While its frame is on the way into a pack, `pack` is zero and `frame` is the session's number of the frame plus one.
struct PieceLocation: Hashable {
    let pack: UInt64
    let frame: UInt32
    let start: UInt32
    let length: UInt32
}
