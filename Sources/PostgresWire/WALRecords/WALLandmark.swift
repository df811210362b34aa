public import Model

/// A record of the log that a person may name as a point to go back to.
public struct WALLandmark: Sendable, Hashable {
    /// What it is.
    public enum Kind: Sendable, Hashable {
        /// The end of a transaction, by its number.
        case transaction(UInt32, isCommit: Bool)
        /// A named restore point.
        case restorePoint(String)
    }

    /// What it is.
    public let kind: Kind
    /// When it happened, by the server's clock.
    public let time: Instant
    /// Where the record begins.
    public let position: LSN

    /// Reads a record; nil when it is none of these, or is malformed.
    ///
    /// Sources: `recoveryStopsAfter` in `src/backend/access/transam/xlogrecovery.c`, which knows the
    /// same ones by the same numbers.
    public init?(_ record: WALRecord, mainData: RawSpan, version: WALVersion) {
        guard mainData.byteCount >= 8 else { return nil }
        switch record.resourceManager {
        case .transaction:
            guard let end = Self.transaction(record, mainData, version) else { return nil }
            kind = .transaction(end.number, isCommit: end.isCommit)
        case .log where record.kind == 0x70:  // XLOG_RESTORE_POINT: time 8, name 64
            let name = mainData.bytes(from: 8).prefix(64).prefix { $0 != 0 }
            kind = .restorePoint(String(decoding: name, as: UTF8.self))
        default: return nil
        }
        guard let time = Self.instant(mainData.littleEndian(Int64.self, at: 0)) else { return nil }
        self.time = time
        position = record.start
    }

    /// Microseconds since 2000; nil when they lie outside of what an instant can say.
    static func instant(_ microseconds: Int64) -> Instant? {
        let epoch: Int64 = 946_684_800_000_000
        let (since1970, over) = microseconds.addingReportingOverflow(epoch)
        let (nanoseconds, tooFar) = since1970.multipliedReportingOverflow(by: 1000)
        return over || tooFar ? nil : Instant(nanoseconds: nanoseconds)
    }

    private static func transaction(
        _ record: WALRecord,
        _ data: RawSpan,
        _ version: WALVersion
    ) -> (number: UInt32, isCommit: Bool)? {
        switch record.info & 0x70 {
        case 0x00: (record.transaction, true)
        case 0x20: (record.transaction, false)
        case 0x30: prepared(record, data, version).map { ($0, true) }
        case 0x40: prepared(record, data, version).map { ($0, false) }
        default: nil
        }
    }

    /// The number of a prepared transaction that ends.
    ///
    /// ```text
    ///   time 8, parts 4, [ database 8 ], [ n 4, subtransaction 4 × n ], [ n 4, relation 12 × n ],
    ///   [ n 4, statistics 12 × n, 16 from version 18 on ], [ n 4, invalidation 16 × n ], number 4
    /// ```
    /// Source: `ParseCommitRecord` in `src/backend/access/rmgrdesc/xactdesc.c`.
    private static func prepared(
        _ record: WALRecord,
        _ data: RawSpan,
        _ version: WALVersion
    ) -> UInt32? {
        guard record.info & 0x80 != 0, data.byteCount >= 12 else { return nil }
        let parts = data.littleEndian(UInt32.self, at: 8)
        guard parts & 0x10 != 0 else { return nil }
        var place = 12
        if parts & 0x01 != 0 { place += 8 }
        let lists: [(part: UInt32, size: Int)] = [
            (0x02, 4), (0x04, 12), (0x100, version.has(.v18) ? 16 : 12), (0x08, 16),
        ]
        for list in lists where parts & list.part != 0 {
            guard data.byteCount >= place + 4 else { return nil }
            let count = Int(data.littleEndian(Int32.self, at: place))
            guard count >= 0, (data.byteCount - place - 4) / list.size >= count else { return nil }
            place += 4 + list.size * count
        }
        guard data.byteCount >= place + 4 else { return nil }
        return data.littleEndian(UInt32.self, at: place)
    }
}
