import Model
import RedisWire
import TestKit
import Testing

@Suite struct RDBParserTests {
    /// All types and opcodes of versions 1 to 12 in one RDB: 27 keys in three databases.
    static let everything: [UInt8] = {
        var rdb = RDBBuilder(version: 12)
        for (name, value) in [("redis-ver", "7.4.1"), ("lua", "return 1"), ("x", "")] {
            rdb.raw([250])
            rdb.string(name)
            rdb.string(value)
        }
        rdb.raw([250])
        rdb.string("ctime")
        rdb.raw([0xC2, 0x00, 0xF1, 0x53, 0x65])  // 1_700_000_000
        rdb.raw([250])
        rdb.string("used-mem")
        rdb.raw([0xC1, 0x10, 0x27])  // 10_000
        rdb.raw([247, 0x81] + moduleID + [2, 2] + moduleItems)
        rdb.raw([245])
        rdb.string("#!lua name=lib")
        rdb.raw([254, 0, 251, 25, 3])
        rdb.raw([244, 1, 25, 3])
        for type in UInt8(0)...25 where type != 6 && type != 8 {
            rdb.key("key:\(type)", type: type, value(ofType: type))
        }
        rdb.raw([254, 9])
        rdb.raw([252, 1, 0, 0, 0, 0, 0, 0, 0, 248, 5])
        rdb.key("expired", type: 0, [0xC3, 3, 40, 1, 2, 3])
        rdb.raw([253, 0xFF, 0xFF, 0xFF, 0xFF, 249, 7])
        rdb.key("expires in 2106", type: 0, [0xC0, 9])
        rdb.raw([254, 0x40, 200])
        rdb.key("long", type: 0, RDBBuilder.value { $0.string([UInt8](repeating: 7, count: 300)) })
        return rdb.finished()
    }()

    private static let moduleItems: [UInt8] =
        [1, 0x40, 99, 2, 9, 3, 1, 2, 3, 4, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 2, 65, 66, 0]

    /// The id of a type `ReJSON-RL` of version 3.
    private static let moduleID: [UInt8] = {
        let letters = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        )
        let id = "ReJSON-RL".utf8.reduce(UInt64(0)) {
            $0 << 6 | UInt64(letters.firstIndex(of: $1) ?? 0)
        }
        return (0..<8).map { UInt8((id << 10 | 3) >> UInt64(56 - 8 * $0) & 0xFF) }
    }()

    private static func value(ofType type: UInt8) -> [UInt8] {
        RDBBuilder.value { value in
            switch type {
            case 0, 9...13, 16, 17, 20, 23: value.string("content")
            case 1, 2, 14:
                value.raw([2])
                value.string("a")
                value.string("b")
            case 3: value.raw([3, 1, 65, 2, 49, 50, 1, 66, 253, 1, 67, 255])
            case 4: value.raw([1, 1, 65, 1, 66])
            case 5: value.raw([1, 1, 65, 1, 2, 3, 4, 5, 6, 7, 8])
            case 7: value.raw([0x81] + moduleID + moduleItems)
            case 18: value.raw([2, 1, 1, 65, 2, 2, 66, 67])
            case 15, 19, 21: stream(&value, version: type == 15 ? 1 : type == 19 ? 2 : 3)
            case 22: value.raw([1, 5, 1, 65, 1, 66])
            case 24: value.raw([1, 2, 3, 4, 5, 6, 7, 8, 2, 5, 1, 65, 1, 66, 0, 1, 67, 1, 68])
            case 25: value.raw([1, 2, 3, 4, 5, 6, 7, 8, 3, 65, 66, 67])
            default: break
            }
        }
    }

    private static func stream(_ value: inout RDBBuilder, version: Int) {
        value.raw([1])
        value.string([UInt8](repeating: 1, count: 16))
        value.string("listpack")
        value.raw([7, 0x40, 100, 2])  // entries, last id
        if version >= 2 { value.raw([1, 2, 3, 4, 5]) }
        value.raw([1])
        value.string("group")
        value.raw([1, 2])
        if version >= 2 { value.raw([3]) }
        value.raw([1] + [UInt8](repeating: 2, count: 24) + [4])
        value.raw([1])
        value.string("consumer")
        value.raw([UInt8](repeating: 3, count: version >= 3 ? 16 : 8))
        value.raw([1] + [UInt8](repeating: 2, count: 16))
    }

    static func read(_ pieces: [[UInt8]], at moment: Instant? = nil) throws -> RDBFacts {
        var parser = RDBParser(countingExpiredBy: moment)
        for piece in pieces { try parser.feed(piece) }
        return try parser.finish()
    }

    @Test func `every type and opcode is stepped over and counted`() throws {
        let facts = try Self.read([Self.everything], at: Instant(seconds: 2_000_000_000))
        #expect(facts.version == 12)
        #expect(facts.redisVersion == "7.4.1")
        #expect(facts.createdAt == Instant(seconds: 1_700_000_000))
        #expect(facts.usedMemory == ByteCount(10_000))
        #expect(facts.functions == 1)
        #expect(facts.modules == ["ReJSON-RL"])
        #expect(facts.isChecksummed)
        #expect(facts.bytes == ByteCount(Self.everything.count))
        #expect(
            facts.databases == [
                0: RDBKeyCount(keys: 24), 9: RDBKeyCount(keys: 2, expiring: 2, expired: 1),
                200: RDBKeyCount(keys: 1),
            ]
        )
        #expect(facts.total == RDBKeyCount(keys: 27, expiring: 2, expired: 1))
    }

    @Test func `every split in two gives the same facts`() throws {
        let whole = try Self.read([Self.everything])
        for cut in 0...Self.everything.count {
            let facts = try Self.read([
                Array(Self.everything[..<cut]), Array(Self.everything[cut...]),
            ])
            #expect(facts == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: [1, 2, 3, 5, 7, 13, 63, 64, 65])
    func `pieces of one size give the same facts`(size: Int) throws {
        let pieces = stride(from: 0, to: Self.everything.count, by: size).map {
            Array(Self.everything[$0..<min($0 + size, Self.everything.count)])
        }
        #expect(try Self.read(pieces) == Self.read([Self.everything]))
    }

    @Test func `what Valkey writes since it has a format of its own is read`() throws {
        var rdb = RDBBuilder(valkey: 80)
        rdb.raw([250])
        rdb.string("valkey-ver")
        rdb.string("9.1.2")
        rdb.raw([254, 0])
        let never = [UInt8](repeating: 0xFF, count: 8)
        rdb.key("h", type: 22, [2, 1, 65, 1, 66] + never + [1, 67, 1, 68] + never)
        let bytes = rdb.finished()
        for cut in 0...bytes.count {
            let facts = try Self.read([Array(bytes[..<cut]), Array(bytes[cut...])])
            #expect(facts.dialect == .valkey && facts.version == 80)
            #expect(facts.isOfValkey && facts.redisVersion == "9.1.2")
            #expect(facts.total.keys == 1)
        }
    }

    @Test func `truncated at any length is refused`() {
        for length in 0..<Self.everything.count {
            #expect(throws: Fault.self, "length \(length)") {
                try Self.read([Array(Self.everything[..<length])])
            }
        }
    }

    @Test func `any flipped bit is refused`() {
        for index in Self.everything.indices {
            for bit in 0..<8 {
                var damaged = Self.everything
                damaged[index] ^= 1 << UInt8(bit)
                #expect(throws: Fault.self, "bit \(bit) of byte \(index)") {
                    try Self.read([damaged])
                }
            }
        }
    }

    @Test func `bytes after the end are refused wherever they are split off`() {
        let end = Self.everything.count
        for more in [1, 100] {
            let extended = Self.everything + [UInt8](repeating: 0, count: more)
            for cut in end - 12...extended.count {
                let fault = #expect(throws: Fault.self) {
                    try Self.read([Array(extended[..<cut]), Array(extended[cut...])])
                }
                let text = "unable to read the RDB: bytes follow its end, at byte \(end)"
                #expect(fault?.code == .rdbDamaged && fault?.message == text)
            }
        }
    }

    @Test func `random bytes never trap`() {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            var bytes = Array("REDIS0012".utf8)
            for _ in 0..<200 { bytes.append(UInt8.random(in: 0...255, using: &generator)) }
            #expect(throws: Fault.self, "seed \(seed)") { try Self.read([bytes]) }
        }
    }

    @Test func `damage inside the structure without a checksum is still refused as unfinished`() {
        var rdb = RDBBuilder()
        rdb.key("k", type: 0, [0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(throws: Fault.self) { try Self.read([rdb.finished(checksum: false)]) }
    }

    @Test func `an RDB without a checksum is read and says so`() throws {
        var rdb = RDBBuilder()
        rdb.key("k", type: 0, [1, 65])
        let facts = try Self.read([rdb.finished(checksum: false)])
        #expect(!facts.isChecksummed)
        #expect(facts.total.keys == 1)
    }

    @Test func `before version 5 there is no checksum at all`() throws {
        var rdb = RDBBuilder(version: 4)
        rdb.raw([254, 3])
        rdb.key("k", type: 0, [1, 65])
        let facts = try Self.read([rdb.bytes + [0xFF]])
        #expect(facts.databases == [3: RDBKeyCount(keys: 1)])
    }

    @Test(arguments: [
        ("REDIS0013", "it has version 13, at byte 5"), ("REDIS0000", "it has version 0, at byte 5"),
        ("VALKEY081", "it has version 81 of Valkey, at byte 6"),
        ("VALKEY012", "it has version 12 of Valkey, at byte 6"),
        ("VALKEY080\u{18}", "a record of Valkey's type 24, at byte 9"),
        ("REDIS0010\u{06}", "a module's value of Redis before 4.0, at byte 9"),
    ])
    func `what is not known is refused as unsupported`(text: String, fact: String) {
        let fault = #expect(throws: Fault.self) { try Self.read([Array(text.utf8)]) }
        #expect(fault?.code == .rdbUnsupported)
        #expect(fault?.message == "unable to read the RDB: \(fact)")
    }

    @Test(
        arguments: [
            ("RODIS0010", [], "it begins with neither REDIS nor VALKEY, at byte 0"),
            ("REDIS00a0", [], "its version is not a number, at byte 5"),
            ("REDIS0010", [99], "a record of the unknown type 99, at byte 9"),
            ("REDIS0010", [0, 0x82], "a string with an impossible length, at byte 10"),
            (
                "REDIS0010", [0, 1, 65, 0xC3, 1, 0x40, 200],
                "a string with an impossible length, at byte 12"
            ),
            ("REDIS0010", [18, 1, 65, 1, 3], "a list node of the unknown kind 3, at byte 13"),
            ("REDIS0010", [15, 1, 65, 1, 3], "a stream id that is not 16 bytes long, at byte 13"),
        ] as [(String, [UInt8], String)]
    )
    func `what cannot be is refused as damaged`(magic: String, rest: [UInt8], fact: String) {
        let fault = #expect(throws: Fault.self) { try Self.read([Array(magic.utf8) + rest]) }
        #expect(fault?.code == .rdbDamaged)
        #expect(fault?.message == "unable to read the RDB: \(fact)")
    }

    @Test func `the checksum is that of Jones`() {
        var crc = CRC64()
        crc.update(Array("123456789".utf8).span.bytes)
        #expect(crc.value == 0xe9c6_d914_c4b8_d9ca)
    }

    @Test func `the checksum does not depend on how the bytes are split`() {
        let bytes = (0..<100).map { UInt8($0 * 37 & 0xFF) }
        var whole = CRC64()
        whole.update(bytes.span.bytes)
        for cut in 0...100 {
            var parts = CRC64()
            parts.update(Array(bytes[..<cut]).span.bytes)
            parts.update(Array(bytes[cut...]).span.bytes)
            #expect(parts == whole)
        }
    }
}
