import Model

/// The steps through the records; each looks at an item only when all of it is there.
extension RDBParser {
    /// Goes as far as the bytes allow and says how many were used; what is left begins an
    /// incomplete item.
    mutating func advance(_ bytes: Span<UInt8>) throws(Fault) -> Int {
        if stage == .magic {
            var index = 0
            guard try readMagic(bytes, &index) else { return 0 }
            return index + (try advance(behindMagic: bytes.extracting(droppingFirst: index), index))
        }
        return try follow(program, bytes)
    }

    /// Goes on behind the magic, with the program of its dialect.
    private mutating func advance(
        behindMagic bytes: Span<UInt8>,
        _ start: Int
    ) throws(Fault) -> Int {
        base += UInt64(start)
        defer { base -= UInt64(start) }
        return try follow(program, bytes)
    }

    private mutating func follow(
        _ program: RDBProgram,
        _ bytes: Span<UInt8>
    ) throws(Fault) -> Int {
        let instructions = program.instructions.span
        var index = 0
        while true {
            if skipping > 0 { skip(bytes, &index) }
            guard skipping == 0, index < bytes.count || stage == .content else { return index }
            switch stage {
            case .magic: preconditionFailure("the magic was read before")
            case .record:
                try beginRecord(with: bytes[index], program.starts, at: index)
                index += 1
            case .content:
                guard try execute(instructions[instruction], bytes, &index) else { return index }
            case .complete: return index
            }
        }
    }

    private mutating func skip(_ bytes: Span<UInt8>, _ index: inout Int) {
        let count = Int(min(skipping, UInt64(bytes.count - index)))
        if var text = kept {
            for place in index..<(index + count) { text.append(bytes[place]) }
            kept = text
        }
        index += count
        skipping -= UInt64(count)
    }

    private mutating func readMagic(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool
    {
        guard bytes.count - index >= 9 else { return false }
        let text = (index..<(index + 9)).map { bytes[$0] }
        let dialect: RDBDialect
        if text.starts(with: "REDIS".utf8) {
            dialect = .redis
        } else if text.starts(with: "VALKEY".utf8) {
            dialect = .valkey
            program = RDBProgram.valkey
        } else {
            throw Self.damage("it begins with neither REDIS nor VALKEY", at: base)
        }
        let place = dialect == .redis ? 5 : 6
        let digits = text.dropFirst(place)
        guard digits.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw Self.damage("its version is not a number", at: base + UInt64(place))
        }
        let version = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard dialect.versions ~= version else {
            let whose = dialect == .redis ? "" : " of Valkey"
            throw Self.unsupported("it has version \(version)\(whose)", at: base + UInt64(place))
        }
        facts.dialect = dialect
        facts.version = version
        stage = .record
        index += 9
        return true
    }

    private mutating func beginRecord(
        with byte: UInt8,
        _ starts: [Int],
        at index: Int
    ) throws(Fault) {
        let start = starts[Int(byte)]
        guard start >= 0 else {
            let offset = base + UInt64(index)
            switch byte {
            case 6: throw Self.unsupported("a module's value of Redis before 4.0", at: offset)
            case 246: throw Self.unsupported("a function of Redis before 7.0", at: offset)
            case 22...243 where facts.dialect == .valkey:
                throw Self.unsupported("a record of Valkey's type \(byte)", at: offset)
            default: throw Self.damage("a record of the unknown type \(byte)", at: offset)
            }
        }
        isKey = byte < 244
        instruction = start
        stage = .content
        mark(isKey ? .key(type: byte) : .record(byte), at: index)
        guard byte == 255 else { return }
        noteCounts()
        checksumEnd = base + UInt64(index) + 1
        if facts.version < 5 { stage = .complete }
    }

    /// Carries out one instruction; false when more bytes are needed for it.
    private mutating func execute(
        _ step: RDBProgram.Instruction,
        _ bytes: Span<UInt8>,
        _ index: inout Int
    ) throws(Fault) -> Bool {
        switch step {
        case .string: return try readString(bytes, &index)
        case .key: return try readKey(bytes, &index)
        case .fieldExpiry:
            mark(.fieldExpiry, at: index)
            mark(.value, at: index, behind: 8)
            skipping = 8
            instruction += 1
        case .fieldDelay:
            let place = index
            guard try readLength(bytes, &index) != nil else { return false }
            mark(.fieldDelay, at: place)
            mark(.value, at: index)
        case .fieldPack:
            let place = index
            guard try readString(bytes, &index) else { return false }
            mark(.fieldPack, at: place)
        case .length: return try readLength(bytes, &index) != nil
        case .bytes(let count):
            skipping = UInt64(count)
            instruction += 1
        case .loop(let behind):
            guard let count = try readLength(bytes, &index) else { return false }
            if count == 0 {
                instruction = behind
            } else {
                loops.append(Loop(start: instruction, remaining: count))
            }
        case .loopEnd(let start): endLoop(start: start)
        case .end: endRecord()
        case .streamID: return try readStreamID(bytes, &index)
        case .container: return try readContainer(bytes, &index)
        case .textScore: return readTextScore(bytes, &index)
        case .moduleID: return try readModuleID(bytes, &index)
        case .moduleMoment: return try readModuleMoment(bytes, &index)
        case .moduleItems: return try readModuleItem(bytes, &index)
        case .factName: return try readFact(bytes, &index)
        case .factValue: return try readFactValue(bytes, &index)
        case .database: return try readDatabase(bytes, &index)
        case .expiry(let count): return readExpiry(count, bytes, &index)
        case .function:
            guard try readString(bytes, &index) else { return false }
            facts.functions += 1
        case .checksum: return readChecksum(bytes, &index)
        }
        return true
    }

    private mutating func endLoop(start: Int) {
        let last = loops.count - 1
        loops[last].remaining -= 1
        if loops[last].remaining == 0 {
            loops.removeLast()
            instruction += 1
        } else {
            instruction = start
        }
    }

    private mutating func endRecord() {
        noteFact()
        stage = .record
        guard isKey else { return }
        counts.keys += 1
        guard let moment = expiry else { return }
        expiry = nil
        counts.expiring += 1
        if let now = self.moment, moment <= now.nanoseconds / 1_000_000 { counts.expired += 1 }
    }

    /// Notes that a section begins, at an item or so many bytes behind it.
    @inline(__always)
    mutating func mark(_ section: RDBSection, at index: Int, behind length: UInt64 = 0) {
        guard marks != nil else { return }
        let (offset, isBeyond) = (base + UInt64(index)).addingReportingOverflow(length)
        marks?.append((isBeyond ? .max : offset, section))
    }

    // MARK: Items

    /// Reads a length and goes on to the next instruction.
    mutating func readLength(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> UInt64? {
        let length = RDBLength(bytes, at: index)
        switch length.outcome {
        case .length:
            index += length.size
            instruction += 1
            return length.value
        case .incomplete: return nil
        case .encoding, .invalid:
            throw Self.damage("a length that is none", at: base + UInt64(index))
        }
    }

    /// Reads what precedes a string, has its bytes skipped and goes on to the next instruction.
    mutating func readString(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        guard let header = try stringHeader(bytes, at: index) else { return false }
        index += header.size
        skipping = header.content
        instruction += 1
        return true
    }

    func stringHeader(_ bytes: Span<UInt8>, at index: Int) throws(Fault) -> RDBStringHeader? {
        let header = RDBStringHeader(bytes, at: index)
        switch header.outcome {
        case .plain, .number, .compressed: return header
        case .incomplete: return nil
        case .invalid:
            throw Self.damage("a string with an impossible length", at: base + UInt64(index))
        }
    }
}
