import Model
import RedisWire
import Testing

@Suite struct RDBKeyReaderTests {
    private static func keys(
        _ bytes: [UInt8],
        size: Int,
        _ isWanted: @escaping @Sendable (Int, [UInt8]) -> Bool
    ) throws -> [RDBKey] {
        var reader = RDBKeyReader(.keep, isWanted)
        var keys: [RDBKey] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            keys += try reader.feed(bytes[start..<min(start + size, bytes.count)])
        }
        _ = try reader.finish()
        return keys
    }

    private static func name(_ key: RDBKey) -> String { String(decoding: key.name, as: UTF8.self) }

    @Test(arguments: [1, 3, 10, 100, 10_000])
    func `chosen keys come with database, expiry and value`(size: Int) throws {
        var rdb = RDBBuilder()
        rdb.raw([254, 0])
        rdb.key("a:1", type: 0, [1, 65])
        rdb.raw([252, 1, 2, 0, 0, 0, 0, 0, 0, 248, 5])
        rdb.key("b:1", type: 0, [1, 66])
        rdb.key("a:2", type: 4, [1, 1, 65, 1, 66])
        rdb.raw([254, 7, 253, 2, 0, 0, 0])
        rdb.key("a:3", type: 0, [0xC0, 9])
        // A name that is written as a number, and one that is packed: three plain bytes, then nine copies.
        rdb.raw([0, 0xC1, 0x39, 0x30, 1, 67])
        rdb.raw([0, 0xC3, 7, 12, 2, 97, 58, 97, 0xE0, 0, 2, 1, 68])
        let bytes = rdb.finished()
        let all = try Self.keys(bytes, size: size) { _, _ in true }
        #expect(all.map(Self.name) == ["a:1", "b:1", "a:2", "a:3", "12345", "a:aa:aa:aa:a"])
        #expect(all.map(\.database) == [0, 0, 0, 7, 7, 7])
        #expect(all.map(\.expiry) == [nil, 0x0201, nil, 2_000, nil, nil])
        #expect(all[2].value == [4, 1, 1, 65, 1, 66])
        let chosen = try Self.keys(bytes, size: size) { database, name in
            database == 0 && name.starts(with: "a:".utf8)
        }
        #expect(chosen == [all[0], all[2]])
    }

    @Test(arguments: [1, 7, 10_000])
    func `function libraries come when they are asked for`(size: Int) throws {
        var rdb = RDBBuilder()
        for code in ["#!lua name=a", "#!lua name=b"] {
            rdb.raw([245])
            rdb.string(code)
        }
        rdb.raw([254, 0])
        rdb.key("k", type: 0, [1, 65])
        let bytes = rdb.finished()
        for isAsked in [true, false] {
            var reader = RDBKeyReader(.keep, libraries: isAsked) { _, _ in true }
            var libraries: [RDBLibrary] = []
            var keys = 0
            for start in stride(from: 0, to: bytes.count, by: size) {
                keys += try reader.feed(bytes[start..<min(start + size, bytes.count)]).count
                libraries += reader.takeLibraries()
            }
            #expect(try reader.finish().functions == 2)
            #expect(keys == 1)
            let records = ["a", "b"].map { [245, 12] + Array("#!lua name=\($0)".utf8) }
            #expect(libraries.map(\.record) == (isAsked ? records : []))
            #expect(reader.takeLibraries() == [])
        }
    }

    @Test func `every type comes whole`() throws {
        let keys = try Self.keys(RDBParserTests.everything, size: 17) { database, _ in
            database == 0
        }
        #expect(keys.count == 24)
        for key in keys { #expect(key.value.first == UInt8(Self.name(key).dropFirst(4))) }
        // All of them, one behind the other, are what stands between the first and the end.
        for key in keys.dropFirst() where key.value.count > 1 {
            let parts = RDBParserTests.everything.firstRange(of: key.value.dropFirst())
            #expect(parts != nil, "\(Self.name(key))")
        }
    }

    @Test func `a payload ends with version and checksum`() {
        let key = RDBKey(database: 0, name: [65], expiry: nil, value: [0, 1, 65])
        let payload = key.payload(version: 10)
        #expect(payload.prefix(5) == [0, 1, 65, 10, 0])
        var checksum = CRC64()
        checksum.update(Array(payload.prefix(5)).span.bytes)
        #expect(
            payload.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                == checksum.value
        )
    }
}
