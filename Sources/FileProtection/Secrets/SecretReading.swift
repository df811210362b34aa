internal import FileTrees
internal import Model
internal import SystemIO

/// Reads one secret into memory.
enum SecretReading {
    /// A secret's plain text; it goes no further than the envelope.
    struct Plain {
        let entry: TreeEntry
        let bytes: [UInt8]
        /// Says that it was not still while it was read.
        let change: Fault?
    }

    /// Reads a secret, again while it changes, at most ``FileReading/repetitions`` times.
    ///
    /// - Throws: `E-IO-TOO-LARGE`, `E-TREE-VANISHED`, `E-TREE-REPLACED`, `E-IO-…`; never with content.
    static func read(_ seen: ScannedEntry) throws(Fault) -> Plain {
        var repetition = 0
        while true {
            let file = try seen.open()
            let bytes = try file.file.readAll(limit: SecretsComponent.limit)
            let change = try file.change()
            if change == nil || repetition == FileReading.repetitions {
                return Plain(entry: file.entry, bytes: bytes, change: change?.fault)
            }
            repetition += 1
        }
    }
}
