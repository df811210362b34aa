public import Model

/// A record of the log that makes a tablespace at an absolute path.
///
/// ```text
///   main data:  0 tablespace, 4 bytes   4 path, ended by a zero byte
/// ```
/// Replay follows the path wherever the server runs, puts its own link in place of one that is
/// there, and from then on writes, truncates and removes files behind it. Source: `tblspc_redo` in
/// `src/backend/commands/tablespace.c`.
public struct TablespaceRecord: Sendable, Hashable {
    /// Where the record begins.
    public let position: LSN
    /// Its length, without the heads of pages in between.
    public let length: Int
    /// The tablespace.
    public let oid: UInt32
    /// The path that it was made at.
    public let location: String

    /// `XLOG_NOOP`.
    private static let noOperation: UInt8 = 0x20

    /// Reads a record; nil when it makes no tablespace.
    public init?(_ record: WALRecord, mainData: RawSpan) {
        // Kind 0 is XLOG_TBLSPC_CREATE, the other one drops.
        guard record.resourceManager == .tablespace, record.kind == 0,
            mainData.byteCount >= 4
        else { return nil }
        position = record.start
        length = record.length
        oid = mainData.littleEndian(UInt32.self, at: 0)
        location = String(decoding: mainData.bytes(from: 4).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The same record as one that does nothing (`XLOG_NOOP`), as long and with a right CRC; nil
    /// when it is none that makes a tablespace, or is damaged.
    ///
    /// `bytes`: the whole record, without the heads of pages.
    public static func disarmed(_ bytes: [UInt8]) -> [UInt8]? {
        turned(
            bytes,
            from: (WALResourceManager.tablespace.rawValue, 0),
            to: (WALResourceManager.log.rawValue, noOperation)
        )
    }

    /// What ``disarmed(_:)`` was given, from what it gave; nil for anything else.
    public static func armed(_ bytes: [UInt8]) -> [UInt8]? {
        turned(
            bytes,
            from: (WALResourceManager.log.rawValue, noOperation),
            to: (WALResourceManager.tablespace.rawValue, 0)
        )
    }

    /// A record of another manager and kind; nil when it is not of the first ones.
    private static func turned(
        _ bytes: [UInt8],
        from old: (manager: UInt8, kind: UInt8),
        to new: (manager: UInt8, kind: UInt8)
    ) -> [UInt8]? {
        guard bytes.count >= WALRecord.headSize, bytes[17] == old.manager,
            bytes[16] & 0xF0 == old.kind, Array(bytes[20..<24]) == checksum(bytes)
        else { return nil }
        var record = bytes
        record[16] = new.kind | (record[16] & 0x0F)
        record[17] = new.manager
        record.replaceSubrange(20..<24, with: checksum(record))
        return record
    }

    private static func checksum(_ record: [UInt8]) -> [UInt8] {
        var sum = CRC32C()
        sum.update(record[WALRecord.headSize...])
        sum.update(record[..<20])
        return (0..<4).map { UInt8(truncatingIfNeeded: sum.value >> (8 * $0)) }
    }

    /// Where the bytes of a record lie in the log, between the heads of pages.
    public static func places(
        of length: Int,
        from position: LSN,
        segmentSize: SegmentSize
    ) -> [Range<UInt64>] {
        var places: [Range<UInt64>] = []
        var next = position.value
        var rest = UInt64(length)
        while rest > 0 {
            if next % WALPageHeader.pageSize == 0 {
                next += UInt64(WALPageHeader.size(at: next, segmentSize: segmentSize))
            }
            let room = WALPageHeader.pageSize - next % WALPageHeader.pageSize
            let end = next + min(rest, room)
            places.append(next..<end)
            rest -= end - next
            next = end
        }
        return places
    }
}
