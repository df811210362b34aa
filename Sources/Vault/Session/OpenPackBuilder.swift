internal import VaultRecords
internal import FoundationEssentials
internal import Model
internal import Sealing
internal import SwiftProtobuf

/// A pack that is being filled.
struct OpenPackBuilder {
    private var builder: SealedObjectBuilder
    private var directory = WireDirectory()
    /// The session's frames that are in it, by number, with their offsets.
    private(set) var frames: [(number: UInt32, offset: UInt32)] = []
    private(set) var pieces: [(id: ContentID, location: PieceLocation)] = []

    init(_ builder: consuming SealedObjectBuilder) { self.builder = builder }

    /// How long the pack is so far, without directory and padding.
    var bytes: Int { builder.bytes.count }

    /// Seals a frame into the pack.
    mutating func append(_ frame: PlainFrame, _ encoded: EncodedFrame) {
        let offset = UInt32(builder.append(encoded))
        frames.append((frame.number, offset))
        var start: UInt32 = 0
        for (id, length) in zip(frame.ids, frame.lengths) {
            // The pack's name is not known yet; `pieces(in:)` puts it in.
            pieces.append(
                (
                    id,
                    PieceLocation(
                        pack: 0,
                        frame: offset,
                        start: start,
                        length: length,
                        isManifest: frame.type == .manifest
                    )
                )
            )
            start += length
        }
        directory.frames.append(Self.record(frame, offset: offset))
    }

    /// Closes the pack, once.
    mutating func finish(encoder: borrowing FrameEncoder) throws(Fault) -> [UInt8] {
        guard let plain: Data = try? directory.serializedBytes() else {
            preconditionFailure("a directory is always serializable")
        }
        let encoded = try encoder.encode(
            Array(plain),
            type: .directory,
            advisor: CompressionAdvisor()
        )
        return builder.finish(directory: encoded)
    }

    private static func record(_ frame: PlainFrame, offset: UInt32) -> WireDirectoryFrame {
        var record = WireDirectoryFrame()
        record.offset = offset
        record.type = UInt32(frame.type.rawValue)
        var ids = Data(capacity: frame.ids.count * 16)
        for id in frame.ids {
            for half in [id.high, id.low] {
                unsafe withUnsafeBytes(of: half.bigEndian) { unsafe ids.append(contentsOf: $0) }
            }
        }
        record.ids = ids
        if let first = frame.lengths.first, frame.lengths.allSatisfy({ $0 == first }) {
            record.pieceBytes = first
        } else {
            record.lengths = frame.lengths
        }
        return record
    }
}
