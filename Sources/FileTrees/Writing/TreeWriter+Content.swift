import Glibc
public import Model
import SystemIO

extension TreeWriter {
    /// Writes a piece of a file's content; pieces may come in any order, each once.
    ///
    /// In a file that was sparse, blocks of zeros become holes.
    ///
    /// - Parameters:
    ///   - bytes: The piece.
    ///   - file: What ``create(_:)`` returned.
    ///   - offset: Where the piece begins, in bytes from the start of the file.
    ///
    /// In a file that was there before, only pages of 8 KiB that differ are written.
    ///
    /// - Throws: `E-IO-FULL`, `E-IO-…`.
    public func write(
        _ bytes: ArraySlice<UInt8>,
        to file: WritableFile,
        at offset: Int64
    ) throws(Fault) {
        let open = try open(file.path)
        let runs =
            file.isTaken
            ? Self.changes(
                of: try open.descriptor.read(upTo: bytes.count, at: offset),
                to: bytes,
                at: offset
            ) : file.isSparse ? Self.data(in: bytes, at: offset) : [bytes.indices]
        for run in runs {
            try open.descriptor.write(
                bytes[run],
                at: offset + Int64(run.lowerBound - bytes.startIndex)
            )
            written += Int64(run.count)
        }
    }

    /// The open file of a path; one that was closed for want of room is opened again.
    func open(_ path: TreePath) throws(Fault) -> OpenFiles.OpenFile {
        if let file = files.file(path) { return file }
        guard let name = path.lastName else {
            preconditionFailure("a writable file has a name")
        }
        return files.insert(try folder(path.parent).openFile(name, .readWrite), path)
    }

    /// The stretches of a piece that are not blocks of zeros, in blocks of 4 KiB counted from the start of the file.
    static func data(in bytes: ArraySlice<UInt8>, at offset: Int64) -> [Range<Int>] {
        let block: Int64 = 4096
        var runs: [Range<Int>] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let position = offset + Int64(start - bytes.startIndex)
            let end = min(bytes.endIndex, start + Int(block - position % block))
            if !isZero(bytes[start..<end]) {
                if let last = runs.last, last.upperBound == start {
                    runs[runs.count - 1] = last.lowerBound..<end
                } else {
                    runs.append(start..<end)
                }
            }
            start = end
        }
        return runs
    }

    private static func isZero(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress, unsafe buffer[0] == 0 else {
                return unsafe buffer.isEmpty
            }
            // All equal to the one before, and the first is zero.
            return unsafe memcmp(start, start + 1, buffer.count - 1) == 0
        }
    }
}
