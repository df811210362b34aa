/// One run of bytes to restore: where it lies in the vault, and where it goes.
struct PlacedRun: Hashable {
    static let recordBytes = 40
    let pack: UInt64
    let frame: UInt32
    let start: UInt32
    let length: UInt32
    /// The file's number in the restore.
    let file: UInt32
    /// Where the run begins in the file.
    let offset: Int64

    /// Pack order: packs one after the other, each read front to back.
    static func < (left: PlacedRun, right: PlacedRun) -> Bool {
        (left.pack, left.frame, left.file, left.offset) < (
            right.pack, right.frame, right.file, right.offset
        )
    }
}
