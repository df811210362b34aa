internal import Model
internal import Sealing

/// Checks a file's bytes, given front to back, against the digest in its manifest entry.
public struct ContentCheck {
    private let digest: ManifestEntry.Digest
    private let size: Int64
    private let pageHasher: ContentHasher?
    private var stream = DigestStream()
    private var partial: [UInt8] = []
    private var received: Int64 = 0

    /// `pageKey`: the key of page ids, from the snapshot's manifest.
    public init(_ entry: ManifestEntry, pageKey: [UInt8]) {
        digest = entry.digest
        size = entry.size
        if case .pages = entry.digest {
            pageHasher = ContentHasher(key: pageKey)
        } else {
            pageHasher = nil
        }
    }

    /// Adds the next bytes of the file.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        received += Int64(bytes.count)
        guard case .pages(_, let pageBytes) = digest else { return stream.update(bytes) }
        var rest = bytes
        if !partial.isEmpty {
            let missing = pageBytes - partial.count
            partial += rest.prefix(missing)
            rest = rest.dropFirst(missing)
            guard partial.count == pageBytes else { return }
            addPage(partial[...])
            partial = []
        }
        while rest.count >= pageBytes {
            addPage(rest.prefix(pageBytes))
            rest = rest.dropFirst(pageBytes)
        }
        partial = Array(rest)
    }

    /// Whether the bytes were the file's, all of them.
    public mutating func finish() -> Bool {
        if !partial.isEmpty { addPage(partial[...]) }
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
