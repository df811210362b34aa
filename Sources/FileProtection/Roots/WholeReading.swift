internal import FileTrees
internal import Model
internal import SystemIO
internal import Vault

/// Reads one small file into memory.
enum WholeReading {
    /// A file's content as it was read; plain text of a secret goes no further than its envelope.
    struct Plain {
        let entry: TreeEntry
        let bytes: [UInt8]
        /// Says that it was not still while it was read.
        let change: Fault?

        /// Stores the content, holes of a sparse file as such: blocks of zeros, as they come back.
        func write(to writer: ChunkWriter) async throws(Fault) {
            guard entry.isSparse else { return try await writer.write(bytes[...]) }
            let block = 4096
            var start = 0
            while start < bytes.count {
                let isHole = Self.isZero(bytes[start..<min(start + block, bytes.count)])
                var end = min(start + block, bytes.count)
                while end < bytes.count,
                    Self.isZero(bytes[end..<min(end + block, bytes.count)]) == isHole
                { end = min(end + block, bytes.count) }
                if isHole {
                    try await writer.writeHole(Int64(end - start))
                } else {
                    try await writer.write(bytes[start..<end])
                }
                start = end
            }
        }

        private static func isZero(_ bytes: ArraySlice<UInt8>) -> Bool {
            bytes.allSatisfy { $0 == 0 }
        }
    }

    /// Reads a file, again while it changes, at most ``FileReading/repetitions`` times.
    ///
    /// - Throws: `E-IO-TOO-LARGE`, `E-TREE-VANISHED`, `E-TREE-REPLACED`, `E-IO-…`; never with content.
    static func read(_ seen: ScannedEntry, limit: ByteCount) throws(Fault) -> Plain {
        var repetition = 0
        while true {
            let file = try seen.open()
            let bytes = try file.file.readAll(limit: limit)
            let change = try file.change()
            if change == nil || repetition == FileReading.repetitions {
                return Plain(entry: file.entry, bytes: bytes, change: change?.fault)
            }
            repetition += 1
        }
    }
}
