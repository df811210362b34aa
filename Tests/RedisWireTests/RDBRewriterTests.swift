import Model
import RedisWire
import TestKit
import Testing

@Suite struct RDBRewriterTests {
    /// An RDB cut in pieces, rewritten; what came out and what was read.
    private static func rewrite(
        _ bytes: [UInt8],
        _ change: RDBExpiryChange,
        size: Int
    ) throws -> ([UInt8], RDBFacts) {
        var rewriter = RDBRewriter(change)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try rewriter.feed(bytes[start..<min(start + size, bytes.count)], into: &output)
        }
        let facts = try rewriter.finish(into: &output)
        #expect(facts.bytes == ByteCount(output.count))
        return (output, facts)
    }

    private static func moment(_ milliseconds: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: milliseconds >> Int64(8 * $0)) }
    }

    /// A listpack of one field, its value and a moment of 64 bits.
    private static func pack(_ milliseconds: Int64) -> [UInt8] {
        let entries: [UInt8] = [0x81, 65, 2, 0x81, 66, 2, 0xF4] + moment(milliseconds) + [9, 0xFF]
        return [UInt8(6 + entries.count), 0, 0, 0, 3, 0] + entries
    }

    /// A key, and fields of hashes in both ways that Redis has, that expire at `key` and `field`; and what never does.
    private static func redis(key: Int64?, field: Int64, isDropped: Bool = false) -> [UInt8] {
        var rdb = RDBBuilder(version: 12)
        rdb.raw([254, 0])
        if let key { rdb.raw([252] + moment(key)) }
        rdb.key("volatile", type: 0, [1, 65])
        rdb.key("lasting", type: 0, [1, 65])
        // The first moment, then a field that expires a second later, and one that does not.
        let delay: [UInt8] = isDropped ? [0] : [0x43, 0xE9]
        let first = isDropped ? 5_000_000_000_000 : field
        rdb.key("hash", type: 24, moment(first) + [2] + delay + [1, 65, 1, 66, 0, 1, 67, 1, 68])
        rdb.key(
            "packed",
            type: 25,
            moment(first) + RDBBuilder.value { $0.string(pack(isDropped ? 0 : field)) }
        )
        return rdb.finished()
    }

    private static func valkey(key: Int64?, field: Int64) -> [UInt8] {
        var rdb = RDBBuilder(valkey: 80)
        rdb.raw([254, 0])
        if let key { rdb.raw([252] + moment(key)) }
        rdb.key("volatile", type: 0, [1, 65])
        rdb.key(
            "hash",
            type: 22,
            [2, 1, 65, 1, 66] + moment(field) + [1, 67, 1, 68] + moment(-1)
        )
        return rdb.finished()
    }

    private static let sizes = [1, 2, 3, 7, 64, 1_000]
    private static let expiry: Int64 = 5_000_000_000_000

    @Test(arguments: sizes) func `what is kept is kept byte by byte`(size: Int) throws {
        for bytes in [
            RDBParserTests.everything, Self.redis(key: Self.expiry, field: Self.expiry),
            Self.valkey(key: Self.expiry, field: Self.expiry),
        ] {
            let (output, facts) = try Self.rewrite(bytes, .keep, size: size)
            #expect(output == bytes)
            #expect(try RDBParserTests.read([bytes]) == facts)
        }
    }

    @Test(arguments: sizes)
    func `a shift moves keys and fields on by its milliseconds and nothing else`(size: Int)
        throws
    {
        let shift = RDBExpiryChange.shift(milliseconds: 3_600_123)
        let later = Self.expiry + 3_600_123
        let (redis, facts) = try Self.rewrite(
            Self.redis(key: Self.expiry, field: Self.expiry),
            shift,
            size: size
        )
        #expect(redis == Self.redis(key: later, field: later))
        #expect(facts.total == RDBKeyCount(keys: 4, expiring: 1))
        let (valkey, _) = try Self.rewrite(
            Self.valkey(key: Self.expiry, field: Self.expiry),
            shift,
            size: size
        )
        #expect(valkey == Self.valkey(key: later, field: later))
    }

    @Test(arguments: sizes) func `dropped is the expiry of what lived`(size: Int) throws {
        let drop = RDBExpiryChange.drop(after: Self.expiry - 1)
        let (redis, _) = try Self.rewrite(
            Self.redis(key: Self.expiry, field: Self.expiry),
            drop,
            size: size
        )
        #expect(redis == Self.redis(key: nil, field: Self.expiry, isDropped: true))
        let (valkey, _) = try Self.rewrite(
            Self.valkey(key: Self.expiry, field: Self.expiry),
            drop,
            size: size
        )
        #expect(valkey == Self.valkey(key: nil, field: -1))
    }

    @Test func `what had expired by then stays so`() throws {
        // The last field of the hash expires a second behind the first.
        let drop = RDBExpiryChange.drop(after: Self.expiry + 1_000)
        for bytes in [
            Self.redis(key: Self.expiry, field: Self.expiry),
            Self.valkey(key: Self.expiry, field: Self.expiry),
        ] {
            #expect(try Self.rewrite(bytes, drop, size: 9).0 == bytes)
        }
    }

    @Test func `seconds become milliseconds, and the greatest moment stays it`() throws {
        var rdb = RDBBuilder()
        rdb.raw([253, 0x00, 0x94, 0x35, 0x77])  // 2_000_000_000
        rdb.key("k", type: 0, [1, 65])
        rdb.raw([252] + Self.moment(.max))
        rdb.key("l", type: 0, [1, 65])
        let (output, _) = try Self.rewrite(rdb.finished(), .shift(milliseconds: 5), size: 4)
        var expected = RDBBuilder()
        expected.raw([252] + Self.moment(2_000_000_000_005))
        expected.key("k", type: 0, [1, 65])
        expected.raw([252] + Self.moment(.max))
        expected.key("l", type: 0, [1, 65])
        #expect(output == expected.finished())
    }

    @Test func `an RDB without a checksum gets none`() throws {
        var rdb = RDBBuilder()
        rdb.raw([252] + Self.moment(Self.expiry))
        rdb.key("k", type: 0, [1, 65])
        let bytes = rdb.finished(checksum: false)
        let (output, facts) = try Self.rewrite(bytes, .shift(milliseconds: 1), size: 5)
        #expect(output.suffix(8) == [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(!facts.isChecksummed)
    }

    @Test func `a damaged or cut RDB is not rewritten to a whole one`() {
        let bytes = Self.redis(key: Self.expiry, field: Self.expiry)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x10
            #expect(throws: Fault.self, "byte \(index)") {
                try Self.rewrite(damaged, .shift(milliseconds: 1), size: 11)
            }
            #expect(throws: Fault.self, "cut at \(index)") {
                try Self.rewrite(Array(bytes[..<index]), .drop(after: 0), size: 11)
            }
        }
    }

    @Test func `random hashes packed in any way never trap`() {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var pack = Self.pack(Self.expiry)
            for _ in 0..<3 {
                pack[Int.random(in: 0..<pack.count, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            var rdb = RDBBuilder(version: 12)
            rdb.key("k", type: 25, Self.moment(1) + RDBBuilder.value { $0.string(pack) })
            let bytes = rdb.finished()
            do {
                let (output, _) = try Self.rewrite(bytes, .shift(milliseconds: 1), size: 50)
                #expect(throws: Never.self, "seed \(seed)") {
                    try RDBParserTests.read([output])
                }
            } catch {
                #expect((error as? Fault)?.code == .rdbDamaged, "seed \(seed): \(error)")
            }
        }
    }
}
