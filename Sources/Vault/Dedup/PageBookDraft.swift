internal import Model
internal import Sealing
internal import SystemIO
internal import SystemPackage

/// The page ids of what a session stores, on their way to the next session's ``PageBook``.
///
/// When it cannot be written, the session goes on without it, and the next one reads everything. Memory: 16 bytes a file.
final class PageBookDraft {
    private struct Place {
        let hash: UInt64
        let record: UInt64
    }

    private let path: FilePath
    private let file: Descriptor
    private var written = Int64(PageBook.headerBytes)
    private var buffer: [UInt8] = []
    private var places: [Place] = []
    private var isWhole = true

    /// Begins one, replacing what a session that did not come to its end left behind.
    init(creating path: FilePath) throws(Fault) {
        self.path = path
        file = try Descriptor.open(path, .readWrite, create: .ifMissing(0o600), truncate: true)
    }

    /// Where the next id goes.
    var position: Int64 { written + Int64(buffer.count) }

    /// Adds the id of the next page.
    func append(_ id: ContentID) {
        for half in [id.high, id.low] {
            unsafe withUnsafeBytes(of: half.bigEndian) { unsafe buffer.append(contentsOf: $0) }
        }
        if buffer.count >= 1 << 20 { writeOut() }
    }

    /// Names the file whose ids lie from `first` on.
    func add(path: [UInt8], size: Int64, pageBytes: Int, digest: Digest256, first: Int64) {
        places.append(Place(hash: PageBook.hash(of: path), record: UInt64(position)))
        append(number: UInt64(first))
        append(number: UInt64(size))
        append(number: UInt32(pageBytes))
        append(number: UInt32(path.count))
        buffer += digest.bytes
        buffer += path
    }

    /// Writes the index, stamps the book as reflecting a snapshot, and moves it to its lasting place.
    ///
    /// - Throws: `E-IO-…`; then the next session reads everything.
    func publish(
        as target: FilePath,
        reflecting head: Digest256,
        key: ContentHasher
    ) throws(Fault) {
        let index = position
        for place in places.sorted(by: { $0.hash < $1.hash }) {
            append(number: place.hash)
            append(number: place.record)
            if buffer.count >= 1 << 20 { writeOut() }
        }
        writeOut()
        guard isWhole else { return try FileSystem.removeFile(path) }
        buffer = PageBook.magic + head.bytes + key.tag(of: PageBook.magic)
        append(number: UInt64(index))
        append(number: UInt64(places.count))
        try file.write(buffer, at: 0)
        try file.synchronizeData()
        try FileSystem.rename(path, to: target)
    }

    private func append(number: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: number) { unsafe buffer.append(contentsOf: $0) }
    }

    private func writeOut() {
        if isWhole {
            do throws(Fault) { try file.write(buffer, at: written) } catch { isWhole = false }
        }
        written += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }
}
