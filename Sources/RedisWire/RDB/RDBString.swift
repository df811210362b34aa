import Model

/// Strings of an RDB as the bytes that they stand for, and back.
enum RDBString {
    /// The content of a string that is there whole, its header included.
    ///
    /// - Throws: `rdbDamaged` when it does not unpack to what it says; `rdbUnsupported` when it is
    ///   longer than the limit.
    static func decoded(_ string: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        let header = RDBStringHeader(string.span, at: 0)
        let content = string[min(header.size, string.count)...]
        guard UInt64(content.count) == header.content else {
            throw RDBParser.damage("a string that is not whole", at: 0)
        }
        switch header.outcome {
        case .plain: return Array(content)
        case .number:
            // Sign and width as written, little-endian.
            let bits = content.reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
            let unused = Int64(64 - 8 * content.count)
            return Array("\((bits << unused) >> unused)".utf8)
        case .compressed: return try unpacked(content, string, limit: limit)
        case .incomplete, .invalid: throw RDBParser.damage("a string that is not whole", at: 0)
        }
    }

    /// A string written plainly.
    static func plain(_ content: [UInt8]) -> [UInt8] {
        let count = content.count
        switch count {
        case ..<64: return [UInt8(count)] + content
        case ..<16_384: return [0x40 | UInt8(count >> 8), UInt8(count & 0xFF)] + content
        case ...Int(UInt32.max):
            return [0x80] + [24, 16, 8, 0].map { UInt8(count >> $0 & 0xFF) } + content
        default:
            return [0x81] + stride(from: 56, through: 0, by: -8).map { UInt8(count >> $0 & 0xFF) }
                + content
        }
    }

    /// LZF: runs of plain bytes, and copies of what was written before.
    private static func unpacked(
        _ packed: ArraySlice<UInt8>,
        _ string: [UInt8],
        limit: Int
    ) throws(Fault) -> [UInt8] {
        let stored = RDBLength(string.span, at: 1)
        let length = RDBLength(string.span, at: 1 + stored.size).value
        guard length <= UInt64(limit) else {
            throw RDBParser.unsupported("a packed string of \(length) bytes", at: 0)
        }
        let damage = RDBParser.damage("a packed string that does not unpack", at: 0)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(length))
        var rest = packed
        while let control = rest.popFirst() {
            guard control >= 32 else {
                let count = Int(control) + 1
                guard rest.count >= count else { throw damage }
                bytes += rest.prefix(count)
                rest = rest.dropFirst(count)
                continue
            }
            var count = Int(control >> 5) + 2
            if count == 9 {
                guard let more = rest.popFirst() else { throw damage }
                count += Int(more)
            }
            guard let low = rest.popFirst() else { throw damage }
            let source = bytes.count - (Int(control & 0x1F) << 8 | Int(low)) - 1
            guard source >= 0, bytes.count + count <= Int(length) else { throw damage }
            for place in source..<source + count { bytes.append(bytes[place]) }
        }
        guard bytes.count == Int(length) else { throw damage }
        return bytes
    }
}
