internal import VaultRecords
internal import FoundationEssentials
public import Model
internal import Sealing
internal import SwiftProtobuf

/// Reads the entries of one snapshot, in order, with bounded memory.
///
/// The last call checks the whole stream against the root, so a caller that must be sure reads to the end before it
/// relies on what it read.
public final class ManifestReader {
    private let snapshot: String
    private let frames: FrameReader
    private let root: WireRoot
    private var nextExtent = 0
    private var buffer: [UInt8] = []
    private var position = 0
    private var received = DigestStream()
    private var receivedBytes: UInt64 = 0
    private var count: UInt64 = 0
    private var isFinished = false

    private static let recordLimit = 16 << 20

    init(_ snapshot: String, root: WireRoot, frames: FrameReader) {
        self.snapshot = snapshot
        self.root = root
        self.frames = frames
    }

    /// The key of page ids: what page-mapped files are checked with.
    public var pageKey: [UInt8] { Array(root.pageKey) }

    /// The next entry; nil after the last.
    ///
    /// - Throws: `E-VAULT-DAMAGED` or `E-VAULT-MISSING`, `E-KEY-WRONG`, and what the store throws.
    public func next() async throws(Fault) -> ManifestEntry? {
        guard !isFinished else { return nil }
        let first = try await record()
        if first.path.isEmpty {
            guard first.size == count else {
                throw .damaged(snapshot, "its manifest lacks entries")
            }
            try await finish()
            return nil
        }
        count += 1
        var entry = try ManifestEntry(first, snapshot: snapshot)
        try append(first.extents, to: &entry)
        var more = first.more
        while more {
            let rest = try await record()
            guard rest.path.isEmpty, !rest.extents.isEmpty else {
                throw .damaged(snapshot, "its manifest breaks off inside '\(entry.displayedPath)'")
            }
            try append(rest.extents, to: &entry)
            more = rest.more
        }
        guard entry.isComplete else {
            throw .damaged(snapshot, "its manifest does not hold all of '\(entry.displayedPath)'")
        }
        return entry
    }

    private func append(_ extents: [WireExtent], to entry: inout ManifestEntry) throws(Fault) {
        for extent in extents { entry.extents.append(try Extent(extent, snapshot: snapshot)) }
    }

    private func finish() async throws(Fault) {
        guard try await !fill(1), receivedBytes == root.manifestBytes,
            received.finish() == Digest256(root.manifestSha256)
        else { throw .damaged(snapshot, "its manifest is not what its root says") }
        isFinished = true
    }

    private func record() async throws(Fault) -> WireEntry {
        var length = 0
        var shift = 0
        repeat {
            guard try await fill(1), shift < 35 else {
                throw .damaged(snapshot, "its manifest breaks off")
            }
            length |= Int(buffer[position] & 0x7f) << shift
            shift += 7
            position += 1
        } while buffer[position - 1] >= 0x80
        guard length <= Self.recordLimit, try await fill(length) else {
            throw .damaged(snapshot, "its manifest breaks off")
        }
        defer { position += length }
        do {
            return try WireEntry(serializedBytes: Array(buffer[position..<position + length]))
        } catch {
            throw .damaged(
                snapshot,
                "its manifest holds a record that cannot be read",
                cause: error
            )
        }
    }

    /// Makes at least `wanted` bytes available; false at the end of the stream.
    private func fill(_ wanted: Int) async throws(Fault) -> Bool {
        while buffer.count - position < wanted {
            guard nextExtent < root.manifest.count else { return false }
            buffer.removeFirst(position)
            position = 0
            let extent = try Extent(root.manifest[nextExtent], snapshot: snapshot)
            guard !extent.isHole else { throw .damaged(snapshot, "its manifest has a hole") }
            nextExtent += 1
            let bytes = try await frames.bytes(extent)
            received.update(bytes)
            receivedBytes += UInt64(bytes.count)
            buffer += bytes
        }
        return true
    }
}

extension ManifestEntry {
    /// The path as text for people: bytes that are no text are replaced.
    public var displayedPath: String { String(decoding: path, as: UTF8.self) }
}
