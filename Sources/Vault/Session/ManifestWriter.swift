internal import VaultRecords
internal import FoundationEssentials
internal import Model
internal import Sealing
internal import SwiftProtobuf

/// Writes the manifest stream of a session whose contents are all stored.
///
/// The stream is cut into chunks as files are, so that what did not change since the last snapshot is not stored again.
struct ManifestWriter {
    private let pieces: PieceStore
    private let ledger: FrameLedger
    private let chunks: ChunkWriter
    private var buffer: [UInt8] = []
    /// Every pack that the snapshot names, with the plain bytes of file content that it needs of it.
    private(set) var live: [UInt64: Int64] = [:]

    init(_ pieces: PieceStore, ledger: FrameLedger, vault: Vault, keys: HostKeys) {
        self.pieces = pieces
        self.ledger = ledger
        chunks = ChunkWriter(
            pieces,
            chunker: Chunker(sizes: .manifest, gear: keys.gear(for: vault.id)),
            hasher: keys.secret.hasher(for: .manifest, vault: vault.id),
            lane: .manifest,
            advisor: CompressionAdvisor()
        )
    }

    /// Writes the entries of a spool, then the closing entry; tells the root without the page key.
    mutating func write(_ spool: ManifestSpool) async throws(Fault) -> WireRoot {
        var records: [WireEntry] = []
        try await spool.forEach { entry async throws(Fault) in
            records = resolved(entry)
            for record in records { try await append(record) }
        }
        var last = WireEntry()
        last.size = spool.count
        try await append(last)
        try await chunks.write(buffer[...])
        let content = try await chunks.finish()
        try await pieces.flush()
        guard case .sha256(let digest) = content.digest else {
            preconditionFailure("a chunked stream has a SHA-256")
        }
        var root = WireRoot()
        root.manifest = content.extents.map { extent in
            let extent = ledger.resolve(extent)
            live[extent.pack, default: 0] += 0
            return extent.wire
        }
        root.manifestBytes = UInt64(content.size)
        root.manifestSha256 = Data(digest.bytes)
        return root
    }

    /// An entry with lasting extents, as one record or several.
    private mutating func resolved(_ entry: WireEntry) -> [WireEntry] {
        var list = ExtentList()
        for wire in entry.extents {
            let extent = ledger.resolve(
                Extent(
                    pack: wire.pack,
                    frame: wire.frame,
                    start: wire.start,
                    length: Int64(wire.length)
                )
            )
            if !extent.isHole { live[extent.pack, default: 0] += extent.length }
            list.append(extent)
        }
        var rest = list.extents.map(\.wire)[...]
        var records: [WireEntry] = []
        repeat {
            var record = records.isEmpty ? entry : WireEntry()
            record.extents = Array(rest.prefix(ManifestEntry.extentsInRecord))
            rest = rest.dropFirst(ManifestEntry.extentsInRecord)
            record.more = !rest.isEmpty
            records.append(record)
        } while !rest.isEmpty
        return records
    }

    private mutating func append(_ record: WireEntry) async throws(Fault) {
        guard let bytes: Data = try? record.serializedBytes() else {
            preconditionFailure("an entry is always serializable")
        }
        var length = bytes.count
        while length >= 0x80 {
            buffer.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        buffer.append(UInt8(length))
        buffer += bytes
        guard buffer.count >= 64 << 10 else { return }
        try await chunks.write(buffer[...])
        buffer = []
    }
}
