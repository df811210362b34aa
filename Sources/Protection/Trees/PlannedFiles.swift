internal import FileTrees
internal import Model
internal import SystemIO
internal import SystemPackage
internal import Vault

/// The files of a restore by number: their paths wait in a nameless temporary file, eight bytes a file in memory.
///
/// ```
/// bit 0: sparse, bit 1: taken (1) | path          one a file; it ends where the next one begins
/// ```
final class PlannedFiles {
    private let spool: Descriptor
    private var starts: [Int64] = [0]
    private var buffer: [UInt8] = []
    private var flushed: Int64 = 0
    private var latest: (number: UInt32, file: WritableFile)?

    init(in directory: FilePath) throws(Fault) { spool = try Descriptor.anonymous(in: directory) }

    /// Adds a file and numbers it.
    func append(_ file: WritableFile) throws(Fault) -> UInt32 {
        guard let number = UInt32(exactly: starts.count - 1) else {
            throw Fault(.damaged, "unable to restore a tree: it has more than 4,294,967,296 files")
        }
        buffer.append((file.isSparse ? 1 : 0) | (file.isTaken ? 2 : 0))
        buffer += file.path.bytes
        starts.append(flushed + Int64(buffer.count))
        if buffer.count >= 64 << 10 { try flush() }
        return number
    }

    /// The file of a number that ``append(_:)`` gave.
    func file(_ number: UInt32) throws(Fault) -> WritableFile {
        if let latest, latest.number == number { return latest.file }
        if !buffer.isEmpty { try flush() }
        let (start, end) = (starts[Int(number)], starts[Int(number) + 1])
        let record = try spool.readFully(Int(end - start), at: start)
        guard let path = TreePath(Array(record.dropFirst())) else {
            preconditionFailure("only a path was written here")
        }
        let flags = record.first ?? 0
        let file = WritableFile(path: path, isSparse: flags & 1 != 0, isTaken: flags & 2 != 0)
        latest = (number, file)
        return file
    }

    private func flush() throws(Fault) {
        try spool.write(buffer, at: flushed)
        flushed += Int64(buffer.count)
        buffer = []
    }
}
