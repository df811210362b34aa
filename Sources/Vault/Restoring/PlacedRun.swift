/// One run of bytes to restore: where it lies in the vault, and where it goes.
package struct PlacedRun: Sendable, Hashable {
    static let recordBytes = 40
    package let pack: UInt64
    package let frame: UInt32
    package let start: UInt32
    package let length: UInt32
    /// The file's number in the restore.
    package let file: UInt32
    /// Where the run begins in the file.
    package let offset: Int64

    /// Plans a run.
    package init(
        pack: UInt64,
        frame: UInt32,
        start: UInt32,
        length: UInt32,
        file: UInt32,
        offset: Int64
    ) {
        self.pack = pack
        self.frame = frame
        self.start = start
        self.length = length
        self.file = file
        self.offset = offset
    }

    /// Pack order: packs one after the other, each read front to back.
    package static func < (left: PlacedRun, right: PlacedRun) -> Bool {
        (left.pack, left.frame, left.file, left.offset) < (
            right.pack, right.frame, right.file, right.offset
        )
    }
}
