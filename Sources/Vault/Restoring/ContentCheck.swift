internal import Model
internal import Sealing

/// Checks a file's bytes, given front to back, against the digest in its manifest entry.
public struct ContentCheck {
    private let digest: ManifestEntry.Digest
    private let size: Int64
    private let pageHasher: ContentHasher?
    private var stream = DigestStream()
    private var cutter: PageCutter?
    private var received: Int64 = 0

    /// `pageKey`: the key of page ids, from the snapshot's manifest.
    public init(_ entry: ManifestEntry, pageKey: [UInt8]) {
        digest = entry.digest
        size = entry.size
        if case .pages(_, let pageBytes) = entry.digest {
            pageHasher = ContentHasher(key: pageKey)
            cutter = PageCutter(pageBytes: pageBytes)
        } else {
            pageHasher = nil
        }
    }

    /// Adds the next bytes of the file.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        received += Int64(bytes.count)
        guard cutter != nil else { return stream.update(bytes) }
        cutter?.add(bytes)
        while let page = cutter?.next() { addPage(page) }
    }

    /// Whether the bytes were the file's, all of them.
    public mutating func finish() -> Bool {
        if let page = cutter?.last { addPage(page) }
        guard received == size else { return false }
        return switch digest {
        case .none: size == 0
        case .sha256(let expected), .pages(let expected, _): stream.finish() == expected
        }
    }

    private mutating func addPage(_ page: ArraySlice<UInt8>) {
        let id = unsafe page.withUnsafeBytes { bytes in
            unsafe ZeroTest.isZero(bytes) ? ContentID.zeroPage : pageHasher?.id(of: bytes)
        }
        stream.update(id ?? .zeroPage)
    }
}
