public import Model

/// How a map is stored.
///
/// ```text
///   "LBBM" 1   timeline  start  end - start  readEnd - end   doubt 0…4 [ its position ]
///   n, databases: tablespace, database           in order
///   n, relations: tablespace, database, number   in order; then limit + 1, or 0 for none
///      m, chunks: number of the 65,536 from the one before, form
///         form 0: k, runs: gap × 2 [ + 1, length - 2 ]       a gap counts from the run before
///         form 1: 8,192 bytes, bit n mod 8 of byte n / 8 for block n
/// ```
/// All numbers are unsigned LEB128 of at most 64 bits, in the least bytes. A relation in a database that was replaced is left
/// out. Of each chunk the shorter form is taken: about 1 to 2 bytes for a lone block, 1 bit where
/// many lie close together.
extension BlockMap {
    private static let magic: [UInt8] = Array("LBBM".utf8) + [1]

    /// The stored form; equal maps have equal ones.
    ///
    /// Cost: one pass; at most 2.1 bytes for a changed block, about 9 for a relation.
    public func encoded() -> [UInt8] {
        var out = Self.magic
        out.appendNumber(UInt64(timeline))
        out.appendNumber(start.value)
        out.appendNumber(end - start)
        out.appendNumber(readEnd - end)
        out.appendNumber(UInt64(doubt?.reason.rawValue ?? 0))
        if let doubt { out.appendNumber(doubt.position.value) }
        out.appendNumber(UInt64(databases.count))
        for database in databases.sorted() {
            out.appendNumber(UInt64(database.tablespace))
            out.appendNumber(UInt64(database.database))
        }
        let kept = relations.filter {
            !databases.contains($0.id.directory) && ($0.limit < .max || !$0.blocks.isEmpty)
        }
        out.appendNumber(UInt64(kept.count))
        for relation in kept.sorted(by: { $0.id < $1.id }) {
            out.appendNumber(UInt64(relation.id.tablespace))
            out.appendNumber(UInt64(relation.id.database))
            out.appendNumber(UInt64(relation.id.number))
            out.appendNumber(relation.limit == .max ? 0 : UInt64(relation.limit) + 1)
            relation.blocks.encode(into: &out)
        }
        return out
    }

    /// Reads a stored map.
    ///
    /// Never traps, and never takes much more room than `budget`, whatever the bytes are.
    ///
    /// - Throws: `E-PG-FORMAT` when the bytes are no map of this form.
    public init(decoding bytes: [UInt8], budget: Int = standardBudget) throws(Fault) {
        var reader = NumberReader(bytes)
        guard reader.takeBytes(Self.magic.count).map({ Array($0) }) == Self.magic,
            let timeline = reader.takeSmall(), let start = reader.take(),
            let length = reader.take(), let tail = reader.take(),
            let doubt = reader.takeSmall()
        else { throw Self.fault }
        let (end, tooLong) = start.addingReportingOverflow(length)
        let (readEnd, tooFar) = end.addingReportingOverflow(tail)
        guard !tooLong, !tooFar else { throw Self.fault }
        self.init(timeline: timeline, start: LSN(start), budget: budget)
        extend(to: LSN(end), read: LSN(readEnd))
        if doubt != 0 {
            guard let code = UInt8(exactly: doubt), let reason = MapDoubt.Reason(rawValue: code),
                let position = reader.take()
            else { throw Self.fault }
            distrust(MapDoubt(reason: reason, position: LSN(position)))
        }
        try decodeDatabases(&reader)
        try decodeRelations(&reader)
        guard reader.isAtEnd else { throw Self.fault }
    }

    private mutating func decodeDatabases(_ reader: inout NumberReader) throws(Fault) {
        guard let count = reader.take() else { throw Self.fault }
        var last: DatabaseID?
        for _ in 0..<count {
            guard let tablespace = reader.takeSmall(), let database = reader.takeSmall() else {
                throw Self.fault
            }
            let id = DatabaseID(tablespace: tablespace, database: database)
            guard last.map({ $0 < id }) ?? true else { throw Self.fault }
            replace(id)
            last = id
        }
    }

    private mutating func decodeRelations(_ reader: inout NumberReader) throws(Fault) {
        guard let count = reader.take() else { throw Self.fault }
        var last: RelationID?
        for _ in 0..<count {
            guard let tablespace = reader.takeSmall(), let database = reader.takeSmall(),
                let number = reader.takeSmall(), let limit = reader.take(),
                limit <= UInt64(UInt32.max)
            else { throw Self.fault }
            let id = RelationID(tablespace: tablespace, database: database, number: number)
            guard last.map({ $0 < id }) ?? true,
                let blocks = ChangedBlocks(decoding: &reader, budget: budget)
            else { throw Self.fault }
            last = id
            var relation = Relation(id: id)
            relation.blocks = blocks
            if limit > 0 {
                relation.limit = UInt32(limit - 1)
                relation.blocks.truncate(to: relation.limit)
            }
            take(relation)
        }
    }

    private static var fault: Fault {
        Fault(
            .postgresFormat,
            "unable to read block map 'map': it is damaged or not of this version",
            hints: ["Without it the next backup reads everything once."]
        )
    }
}
