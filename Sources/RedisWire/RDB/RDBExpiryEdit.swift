import Model

/// How the moments of one section are changed.
enum RDBExpiryEdit {
    /// No moment of Redis needs more bits; beyond it means none.
    private static let greatestFieldMoment: Int64 = (1 << 48) - 2

    /// A record of opcode 252 or 253; empty when the key does not expire any more.
    static func record(_ bytes: [UInt8], _ change: RDBExpiryChange) -> [UInt8] {
        let isSeconds = bytes.first == 253
        let moment = number(Array(bytes.dropFirst())) * (isSeconds ? 1_000 : 1)
        guard let new = change.moment(for: moment) else { return [] }
        return [252] + littleEndian(new)
    }

    /// When a field of Valkey expires; all bits are set for never.
    static func fieldMoment(_ bytes: [UInt8], _ change: RDBExpiryChange) -> [UInt8] {
        let moment = number(bytes)
        guard moment >= 0 else { return bytes }
        return littleEndian(change.moment(for: moment) ?? -1)
    }

    /// When the first field of a hash of Redis expires.
    ///
    /// With what is dropped it stays: the fields that had expired are counted from it.
    static func firstMoment(_ bytes: [UInt8], _ change: RDBExpiryChange) -> [UInt8] {
        let moment = number(bytes)
        guard case .shift = change, 1...greatestFieldMoment ~= moment,
            let new = change.moment(for: moment)
        else { return bytes }
        return littleEndian(min(new, greatestFieldMoment))
    }

    /// How long behind the first a field expires: dropped by itself, shifted with the first.
    static func delay(
        _ bytes: [UInt8],
        from first: Int64,
        _ change: RDBExpiryChange
    ) throws(Fault) -> [UInt8] {
        guard case .drop = change else { return bytes }
        let delay = RDBLength(bytes.span, at: 0).value
        guard delay > 0, delay <= UInt64(greatestFieldMoment), first <= greatestFieldMoment,
            change.moment(for: first + Int64(delay) - 1) == nil
        else { return bytes }
        return [0]
    }

    /// A listpack of fields, values and moments, each moment in place.
    static func pack(_ string: [UInt8], _ change: RDBExpiryChange) throws(Fault) -> [UInt8] {
        var pack = try RDBString.decoded(string, limit: 64 << 20)
        var offset = Listpack.headerSize
        var place = 0
        while let entry = Listpack.entry(pack, at: offset) {
            if place % 3 == 2, let number = entry.wideNumber, number > 0 {
                let new = change.moment(for: number).map { min($0, greatestFieldMoment) } ?? 0
                pack.replaceSubrange(offset + 1..<offset + 9, with: littleEndian(new))
            }
            offset = entry.end
            place += 1
        }
        guard place % 3 == 0, offset == pack.count - 1, pack.last == Listpack.end else {
            throw RDBParser.damage("a packed hash that is not whole", at: 0)
        }
        return RDBString.plain(pack)
    }

    static func number(_ bytes: [UInt8]) -> Int64 {
        Int64(bitPattern: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    static func littleEndian(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> Int64(8 * $0)) }
    }

    static func unsupported(_ fact: String) -> Fault {
        Fault(
            .rdbUnsupported,
            "unable to change when things expire: \(fact)",
            hints: ["Bring it back as it was: --ttl keep."]
        )
    }
}
