internal import VaultRecords
internal import FoundationEssentials
internal import Model
internal import SwiftProtobuf
internal import SystemIO
internal import SystemPackage

/// Manifest entries that wait for their packs to get names: a nameless file that vanishes with the session.
///
/// A manifest names packs by hash, and a pack has no hash before it is full. So entries go here first, with the
/// session's frame numbers in their extents, and are resolved when everything is stored. Memory stays bounded whatever
/// the number of entries.
///
/// ```
/// length (8, machine order) | Entry record          one a manifest entry, all its extents in it
/// ```
final class ManifestSpool {
    private let file: Descriptor
    private var written: Int64 = 0
    private var buffer: [UInt8] = []
    private(set) var count: UInt64 = 0

    init(in directory: FilePath) throws(Fault) { file = try Descriptor.anonymous(in: directory) }

    /// Adds an entry.
    func append(_ entry: WireEntry) throws(Fault) {
        guard let record: Data = try? entry.serializedBytes() else {
            preconditionFailure("an entry is always serializable")
        }
        unsafe withUnsafeBytes(of: UInt64(record.count)) { unsafe buffer.append(contentsOf: $0) }
        buffer += record
        count += 1
        if buffer.count >= 1 << 20 { try writeOut() }
    }

    /// Every entry, in order.
    func forEach(_ body: (WireEntry) async throws(Fault) -> Void) async throws(Fault) {
        try writeOut()
        var offset: Int64 = 0
        var window: [UInt8] = []
        var position = 0
        while true {
            if window.count - position < 8 || window.count - position < 8 + length(window, position)
            {
                let wanted = window.count - position < 8 ? 0 : 8 + length(window, position)
                window.removeFirst(position)
                position = 0
                let more = try file.read(upTo: max(1 << 20, wanted), at: offset)
                if more.isEmpty { break }
                offset += Int64(more.count)
                window += more
                continue
            }
            let start = position + 8
            let end = start + length(window, position)
            guard let entry = try? WireEntry(serializedBytes: Array(window[start..<end])) else {
                throw Fault(.vanished, "unable to read back the session's own manifest")
            }
            try await body(entry)
            position = end
        }
        guard window.isEmpty, offset == written else {
            throw Fault(.vanished, "unable to read back the session's own manifest")
        }
    }

    private func length(_ window: [UInt8], _ position: Int) -> Int {
        window[position..<position + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private func writeOut() throws(Fault) {
        try file.write(buffer, at: written)
        written += Int64(buffer.count)
        buffer = []
    }
}
