/// Bytes of one section of an RDB; a section may come in several pieces.
struct RDBPiece {
    let section: RDBSection
    /// Whether the section begins with it.
    let isFirst: Bool
    let bytes: ArraySlice<UInt8>
}
