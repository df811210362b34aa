/// What a record does to files besides changing the blocks that it refers to.
public enum WALEffect: Sendable, Hashable {
    /// The rows of a relation end at this block at most, or did for a moment: what lies there and
    /// behind may be anything. 0 for one that was created or dropped.
    case limit(RelationID, UInt32)
    /// The files of a database in a tablespace were copied from another, or removed.
    case database(DatabaseID)
    /// Files may have changed in a way that the log does not tell.
    case doubt(MapDoubt.Reason)

    /// `XLOG_SWITCH` in ``WALResourceManager/log``.
    static let segmentSwitch: UInt8 = 0x40

    /// What a record does besides changing the blocks that it refers to.
    ///
    /// `mainData` is the beginning of its main data. Never traps: a record that is too short, or
    /// whose numbers exceed it, is a doubt.
    ///
    /// Cost: nothing but a few comparisons for most records.
    public static func effects(
        of record: WALRecord,
        mainData: RawSpan,
        version: WALVersion
    ) -> [WALEffect] {
        switch record.resourceManager {
        case .log: return ofLog(record.kind, mainData, version, record.changesFilesSpecially)
        case .transaction: return ofTransaction(record, mainData)
        case .storage: return ofStorage(record, mainData)
        case .database: return ofDatabase(record, mainData, version)
        default: return record.changesFilesSpecially ? [.doubt(.unknownChange)] : []
        }
    }

    /// Records of the log itself: only some say `wal_level`, and under `minimal` the server writes
    /// whole relations without a word in the log.
    private static func ofLog(
        _ kind: UInt8,
        _ data: RawSpan,
        _ version: WALVersion,
        _ isSpecial: Bool
    ) -> [WALEffect] {
        if isSpecial { return [.doubt(.unknownChange)] }
        let place: Int
        switch kind {
        case 0x60: place = 20  // XLOG_PARAMETER_CHANGE
        case 0x00 where version.has(.v17): place = 20  // XLOG_CHECKPOINT_SHUTDOWN
        case 0x90 where version.has(.v17): place = 16  // XLOG_END_OF_RECOVERY
        case 0xE0 where version.has(.v17): place = 0  // XLOG_CHECKPOINT_REDO
        default: return []
        }
        guard data.byteCount >= place + 4 else { return [.doubt(.malformed)] }
        let level = data.littleEndian(UInt32.self, at: place)
        return level == 0 ? [.doubt(.minimalLogging)] : []
    }

    /// Commits and aborts that drop relations.
    private static func ofTransaction(_ record: WALRecord, _ data: RawSpan) -> [WALEffect] {
        switch record.info & 0x70 {
        case 0x00, 0x20, 0x30, 0x40:  // commit, abort, the same of a prepared transaction
            guard let dropped = droppedRelations(record.info, data) else {
                return [.doubt(.malformed)]
            }
            return dropped.map { .limit($0, 0) }
        default: return record.changesFilesSpecially ? [.doubt(.unknownChange)] : []
        }
    }

    /// ```text
    ///   time 8, [ parts 4, [ database 8 ] [ n 4, subtransaction 4 × n ] [ n 4, relation 12 × n ] … ]
    /// ```
    /// Nil when the record ends before what it announces. Source: `ParseCommitRecord` in
    /// `src/backend/access/rmgrdesc/xactdesc.c`; aborts are the same up to here.
    private static func droppedRelations(_ info: UInt8, _ data: RawSpan) -> [RelationID]? {
        guard data.byteCount >= 8 else { return nil }
        guard info & 0x80 != 0 else { return [] }
        guard data.byteCount >= 12 else { return nil }
        let parts = data.littleEndian(UInt32.self, at: 8)
        guard parts & 0x04 != 0 else { return [] }
        var place = 12
        if parts & 0x01 != 0 { place += 8 }
        if parts & 0x02 != 0 {
            guard let count = count(data, at: place, size: 4) else { return nil }
            place += 4 + 4 * count
        }
        guard let count = count(data, at: place, size: 12) else { return nil }
        return (0..<count).map { RelationID(data, at: place + 4 + 12 * $0) }
    }

    /// Creation and truncation of relation files.
    ///
    /// Only the main fork matters: the others are always read whole.
    private static func ofStorage(_ record: WALRecord, _ data: RawSpan) -> [WALEffect] {
        switch record.kind {
        case 0x10:  // XLOG_SMGR_CREATE: relation 12, fork 4
            guard data.byteCount >= 16 else { return [.doubt(.malformed)] }
            let fork = data.littleEndian(UInt32.self, at: 12)
            return fork == 0 ? [.limit(RelationID(data, at: 0), 0)] : []
        case 0x20:  // XLOG_SMGR_TRUNCATE: blocks 4, relation 12, which forks 4
            guard data.byteCount >= 20 else { return [.doubt(.malformed)] }
            let forks = data.littleEndian(UInt32.self, at: 16)
            guard forks & 0x01 != 0 else { return [] }
            return [
                .limit(RelationID(data, at: 4), data.littleEndian(UInt32.self, at: 0))
            ]
        default: return record.changesFilesSpecially ? [.doubt(.unknownChange)] : []
        }
    }

    /// Copies and removals of databases.
    private static func ofDatabase(
        _ record: WALRecord,
        _ data: RawSpan,
        _ version: WALVersion
    ) -> [WALEffect] {
        switch (record.kind, version.has(.v15)) {
        case (0x00, _), (0x10, true):  // created: by copying files, or (from 15) through the log
            guard data.byteCount >= 8 else { return [.doubt(.malformed)] }
            let database = data.littleEndian(UInt32.self, at: 0)
            let tablespace = data.littleEndian(UInt32.self, at: 4)
            return [.database(DatabaseID(tablespace: tablespace, database: database))]
        case (0x20, true), (0x10, false):  // XLOG_DBASE_DROP: database 4, n 4, tablespace 4 × n
            guard let count = count(data, at: 4, size: 4) else { return [.doubt(.malformed)] }
            let database = data.littleEndian(UInt32.self, at: 0)
            return (0..<count).map {
                let tablespace = data.littleEndian(UInt32.self, at: 8 + 4 * $0)
                return .database(DatabaseID(tablespace: tablespace, database: database))
            }
        default: return record.changesFilesSpecially ? [.doubt(.unknownChange)] : []
        }
    }

    /// A number of things of a size that follow it; nil when they are not all there.
    private static func count(_ data: RawSpan, at place: Int, size: Int) -> Int? {
        guard data.byteCount >= place + 4 else { return nil }
        let count = Int(data.littleEndian(Int32.self, at: place))
        guard count >= 0, (data.byteCount - place - 4) / size >= count else { return nil }
        return count
    }
}
