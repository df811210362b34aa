import Model

/// The items that are rare or of which something is kept.
extension RDBParser {
    /// The facts about the whole RDB that are kept; all others, such as old scripts, are stepped
    /// over.
    private static let factNames: Set<String> = ["redis-ver", "valkey-ver", "ctime", "used-mem"]
    /// The longest name or value of a fact that is kept.
    private static let longestFact: UInt64 = 64
    private static let mostModules = 64
    private static let mostDatabases = 65_536

    mutating func readKey(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        guard try readString(bytes, &index) else { return false }
        mark(.value, at: index, behind: skipping)
        return true
    }

    mutating func readStreamID(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        guard let header = try stringHeader(bytes, at: index) else { return false }
        guard header.outcome == .plain, header.content == 16 else {
            throw Self.damage("a stream id that is not 16 bytes long", at: base + UInt64(index))
        }
        return try readString(bytes, &index)
    }

    mutating func readContainer(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        let place = index
        guard let kind = try readLength(bytes, &index) else { return false }
        guard 1...2 ~= kind else {
            throw Self.damage("a list node of the unknown kind \(kind)", at: base + UInt64(place))
        }
        return true
    }

    /// A length byte and as many digits; 253, 254 and 255 alone are not-a-number and the
    /// infinities.
    mutating func readTextScore(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
        guard index < bytes.count else { return false }
        skipping = bytes[index] < 253 ? UInt64(bytes[index]) : 0
        index += 1
        instruction += 1
        return true
    }

    mutating func readChecksum(_ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
        guard let value = littleEndian(8, bytes, &index) else { return false }
        storedChecksum = value
        stage = .complete
        return true
    }

    mutating func readExpiry(_ count: Int, _ bytes: Span<UInt8>, _ index: inout Int) -> Bool {
        guard let value = littleEndian(count, bytes, &index) else { return false }
        // Seconds are 32 bits wide, so their thousandfold fits.
        expiry = count == 4 ? Int64(value) * 1_000 : Int64(bitPattern: value)
        instruction += 1
        return true
    }

    private func littleEndian(_ count: Int, _ bytes: Span<UInt8>, _ index: inout Int) -> UInt64? {
        guard bytes.count - index >= count else { return nil }
        var value: UInt64 = 0
        for place in 0..<count { value |= UInt64(bytes[index + place]) << UInt64(8 * place) }
        index += count
        return value
    }

    // MARK: Databases

    mutating func readDatabase(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        let place = index
        guard let number = try readLength(bytes, &index) else { return false }
        guard number <= UInt64(Int32.max), facts.databases.count < Self.mostDatabases else {
            throw Self.damage("database \(number)", at: base + UInt64(place))
        }
        noteCounts()
        database = Int(number)
        return true
    }

    /// Adds what was counted since the last change of database.
    mutating func noteCounts() {
        guard counts.keys > 0 else { return }
        var sum = facts.databases[database] ?? RDBKeyCount()
        sum.keys += counts.keys
        sum.expiring += counts.expiring
        sum.expired += counts.expired
        facts.databases[database] = sum
        counts = RDBKeyCount()
    }

    // MARK: Facts

    /// Begins a name or a value; keeps it when it is short and written plainly or as a number.
    mutating func readFact(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        guard let header = try stringHeader(bytes, at: index) else { return false }
        let isKept = header.outcome != .compressed && header.content <= Self.longestFact
        isNumber = header.outcome == .number
        kept = isKept ? [] : nil
        return try readString(bytes, &index)
    }

    mutating func readFactValue(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        // The name's bytes have been skipped by now; it is taken before the value replaces it.
        let name = kept ?? []
        guard try readFact(bytes, &index) else { return false }
        factName = name
        return true
    }

    /// Takes the value of a fact at the end of its record.
    mutating func noteFact() {
        guard let value = kept else { return }
        kept = nil
        let name = String(decoding: factName, as: UTF8.self)
        guard Self.factNames.contains(name) else { return }
        switch name {
        case "ctime":
            // Beyond these years an instant cannot say it; such a clock says nothing either.
            guard let seconds = number(value), 0..<9_000_000_000 ~= seconds else { return }
            facts.createdAt = Instant(seconds: seconds)
        case "used-mem": facts.usedMemory = number(value).map { ByteCount($0) }
        default:
            facts.redisVersion = String(decoding: value, as: UTF8.self)
            facts.isOfValkey = name == "valkey-ver"
        }
    }

    private func number(_ value: [UInt8]) -> Int64? {
        guard isNumber else { return Int64(String(decoding: value, as: UTF8.self)) }
        let bits = value.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
        let unused = Int64(64 - 8 * value.count)
        return (bits << unused) >> unused
    }

    // MARK: Modules

    mutating func readModuleID(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        guard let id = try readLength(bytes, &index) else { return false }
        if facts.modules.count < Self.mostModules { facts.modules.insert(Self.moduleName(id)) }
        return true
    }

    /// The name in a module type's id: nine characters of 6 bits above the 10 bits of a version.
    static func moduleName(_ id: UInt64) -> String {
        let letters = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        )
        let name = (0..<9).map { letters[Int(id >> UInt64(58 - 6 * $0) & 63)] }
        return String(decoding: name, as: UTF8.self)
    }

    mutating func readModuleMoment(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        let kind = RDBLength(bytes, at: index)
        let moment = RDBLength(bytes, at: index + kind.size)
        guard kind.outcome != .incomplete, moment.outcome != .incomplete else { return false }
        guard kind.outcome == .length, kind.value == 2, moment.outcome == .length else {
            throw Self.damage("a module's record without its moment", at: base + UInt64(index))
        }
        index += kind.size + moment.size
        instruction += 1
        return true
    }

    /// One item of a module: its kind, then a number (1, 2), a float (3), a double (4) or a string
    /// (5); 0 is the end.
    mutating func readModuleItem(_ bytes: Span<UInt8>, _ index: inout Int) throws(Fault) -> Bool {
        let place = index
        let here = instruction
        guard let kind = try readLength(bytes, &index) else { return false }
        var isWhole = true
        switch kind {
        case 0: return true
        case 1, 2: isWhole = try readLength(bytes, &index) != nil
        case 3: skipping = 4
        case 4: skipping = 8
        case 5: isWhole = try readString(bytes, &index)
        default:
            throw Self.damage("a module's item of unknown kind \(kind)", at: base + UInt64(place))
        }
        // The instruction repeats until the end mark; an incomplete item is read again from its
        // kind.
        instruction = here
        if !isWhole { index = place }
        return isWhole
    }
}
