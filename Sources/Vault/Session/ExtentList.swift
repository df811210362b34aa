/// Extents of one file, neighbours joined.
struct ExtentList {
    private(set) var extents: [Extent] = []
    private(set) var size: Int64 = 0

    /// Adds a stored piece, or one on its way.
    mutating func append(_ piece: PieceLocation) {
        append(
            Extent(
                pack: piece.pack,
                frame: piece.frame,
                start: piece.start,
                length: Int64(piece.length)
            )
        )
    }

    /// Adds zeros that are stored nowhere.
    mutating func appendHole(_ length: Int64) {
        append(Extent(pack: 0, frame: 0, start: 0, length: length))
    }

    /// Adds an extent.
    mutating func append(_ extent: Extent) {
        size += extent.length
        guard let last = extents.last, last.pack == extent.pack, last.frame == extent.frame,
            last.isHole || Int64(last.start) + last.length == Int64(extent.start)
        else { return extents.append(extent) }
        extents[extents.count - 1] = Extent(
            pack: last.pack,
            frame: last.frame,
            start: last.start,
            length: last.length + extent.length
        )
    }
}
