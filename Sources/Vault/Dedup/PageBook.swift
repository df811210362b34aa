internal import Model
internal import Sealing
internal import SystemIO
internal import SystemPackage

/// The page ids of a snapshot's page-mapped files, in a mapped file of this host: what a manifest does not hold, since
/// its digest is over them.
///
/// ```
/// 0     8    "LBPAGES1"
/// 8     32   SHA-256 of the snapshot object that it reflects
/// 40    32   the tag of the magic under the page key: ids of another vault or an earlier secret say nothing
/// 72    8    where the index begins
/// 80    8    number of files
/// 88    …    of each file: its ids, 16 bytes each, then its record
///       …    index: 16 a file, by hash: hash of the path (8) | where its record begins (8)
/// ```
/// A record:
/// ```
/// 0     8    where its ids begin
/// 8     8    length of the file
/// 16    4    length of a page
/// 20    4    length of the path
/// 24    32   SHA-256 of its ids
/// 56    …    the path
/// ```
/// Numbers are in the machine's order. It is a cache: ids count only when their SHA-256 is the file's digest, and a page is
/// known only when the session's index finds its id. Whatever else the bytes are, the file is read again.
final class PageBook {
    static let magic = Array("LBPAGES1".utf8)
    static let headerBytes = 88
    static let recordBytes = 56
    static let idBytes = 16
    static let placeBytes = 16

    private let file: MappedFile
    private let index: Int
    private let count: Int

    /// Opens the book that reflects a snapshot; nil when there is none, it reflects another, or it is damaged.
    init?(opening path: FilePath, reflecting head: Digest256, key: ContentHasher) {
        guard let status = try? FileSystem.status(path), status.isRegular,
            status.size >= Int64(Self.headerBytes),
            let file = try? MappedFile(path, size: Int(status.size), create: false)
        else { return nil }
        let header = unsafe file.withBytes { unsafe Array($0.prefix(Self.headerBytes)) }
        guard header.starts(with: Self.magic), header[8..<40].elementsEqual(head.bytes),
            header[40..<72].elementsEqual(key.tag(of: Self.magic))
        else { return nil }
        self.file = file
        let (index, count) = unsafe file.withBytes { bytes in
            unsafe (Self.number(bytes, 72), Self.number(bytes, 80))
        }
        guard let index, let count, index >= Self.headerBytes, index <= file.size,
            (file.size - index) / Self.placeBytes == count
        else { return nil }
        self.index = index
        self.count = count
    }

    /// The pages of a file; nil when the snapshot has none of that path, or their ids are not what they were.
    ///
    /// Cost: reads the ids of the file and hashes them.
    func file(_ path: [UInt8]) -> RememberedFile? {
        guard let found = record(of: path) else { return nil }
        var stream = DigestStream()
        let end = found.file.first + found.file.pages * Self.idBytes
        unsafe file.withBytes { bytes in
            unsafe stream.update(UnsafeRawBufferPointer(rebasing: bytes[found.file.first..<end]))
        }
        return stream.finish() == found.digest ? found.file : nil
    }

    /// The id of a page.
    func id(of page: Int, in remembered: RememberedFile) -> ContentID {
        let place = remembered.first + page * Self.idBytes
        precondition(
            page >= 0 && page < remembered.pages && place + Self.idBytes <= file.size,
            "a remembered file has its ids in the book"
        )
        return unsafe file.withBytes { bytes in
            unsafe ContentID(
                high: UInt64(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                ),
                low: UInt64(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
                )
            )
        }
    }

    /// Hands out every path with its length; nothing is proven.
    func forEach(_ body: (_ path: [UInt8], _ size: Int64) -> Void) {
        for number in 0..<count {
            if let found = entry(place(number).record) { body(found.path, found.file.size) }
        }
    }

    /// What the index uses instead of a path.
    static func hash(of path: [UInt8]) -> UInt64 { Hashing.sha256(path).prefix }

    private struct Entry {
        let path: [UInt8]
        let file: RememberedFile
        let digest: Digest256
    }

    private func record(of path: [UInt8]) -> Entry? {
        let hash = Self.hash(of: path)
        var low = 0
        var end = count
        while low < end {
            let middle = (low + end) / 2
            if place(middle).hash < hash { low = middle + 1 } else { end = middle }
        }
        while low < count, place(low).hash == hash {
            if let found = entry(place(low).record), found.path == path { return found }
            low += 1
        }
        return nil
    }

    private func place(_ number: Int) -> (hash: UInt64, record: UInt64) {
        let offset = index + number * Self.placeBytes
        return unsafe file.withBytes { bytes in
            unsafe (
                bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
            )
        }
    }

    /// The record at a place; nil when the bytes there are none.
    private func entry(_ place: UInt64) -> Entry? {
        guard let place = Int(exactly: place), place >= Self.headerBytes,
            place <= index - Self.recordBytes
        else { return nil }
        return unsafe file.withBytes { bytes in
            guard let first = unsafe Self.number(bytes, place),
                let size = unsafe Self.number(bytes, place + 8)
            else { return nil }
            let pageBytes = unsafe Int(
                bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt32.self)
            )
            let length = unsafe Int(
                bytes.loadUnaligned(fromByteOffset: place + 20, as: UInt32.self)
            )
            let path = place + Self.recordBytes
            guard pageBytes > 0, size % pageBytes == 0, first >= Self.headerBytes,
                first <= place, size / pageBytes <= (place - first) / Self.idBytes,
                length <= index - path,
                let digest = unsafe Digest256(Array(bytes[place + 24..<path]))
            else { return nil }
            let file = RememberedFile(size: Int64(size), pageBytes: pageBytes, first: first)
            return unsafe Entry(
                path: Array(bytes[path..<path + length]),
                file: file,
                digest: digest
            )
        }
    }

    /// A number that is an offset or a length; nil when it cannot be one.
    private static func number(_ bytes: UnsafeMutableRawBufferPointer, _ place: Int) -> Int? {
        unsafe Int(exactly: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
}
