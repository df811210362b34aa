import Foundation
import Model
import PostgresWire
import TestKit
import Testing

@Suite struct TarReaderTests {
    /// One header block.
    static func header(
        _ name: String,
        size: [UInt8] = Array("00000000000\0".utf8),
        type: Character = "0",
        link: String = "",
        prefix: String = ""
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ bytes: [UInt8], at offset: Int) {
            block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        put(Array(name.utf8), at: 0)
        put(Array("0000600\0".utf8), at: 100)
        put(size, at: 124)
        put(Array("14000000000\0".utf8), at: 136)
        put(Array("        ".utf8), at: 148)
        put([type.asciiValue ?? 0], at: 156)
        put(Array(link.utf8), at: 157)
        put(Array("ustar\u{0}00".utf8), at: 257)
        put(Array(prefix.utf8), at: 345)
        let digits = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put(Array((String(repeating: "0", count: 6 - digits.count) + digits + "\0 ").utf8), at: 148)
        return block
    }

    static func octal(_ size: Int) -> [UInt8] {
        let digits = String(size, radix: 8)
        return Array((String(repeating: "0", count: 11 - digits.count) + digits + "\0").utf8)
    }

    /// Reads an archive in pieces; neighbouring bytes are joined.
    static func read(_ archive: [UInt8], pieces: Int) throws(Fault) -> [TarEvent] {
        var (reader, events, joined) = (TarReader(), [TarEvent](), [UInt8]())
        for start in stride(from: 0, to: archive.count, by: pieces) {
            reader.receive(archive[start..<min(start + pieces, archive.count)])
            while let event = try reader.next() {
                if case .bytes(let bytes) = event {
                    joined += bytes
                    continue
                }
                if event == .endEntry {
                    events.append(.bytes(joined[...]))
                    joined = []
                }
                events.append(event)
            }
        }
        try reader.finish()
        return events
    }

    private static let zeros = [UInt8](repeating: 0, count: 1024)

    @Test(arguments: [1, 7, 511, 512, 513, 100_000])
    func `an archive in pieces of any size gives the same`(pieces: Int) throws {
        let content = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let padded = content + [UInt8](repeating: 0, count: 1024 - 700)
        var archive = Self.header("./base/1", type: "5")
        archive += Self.header("base/1/1259", size: Self.octal(700)) + padded
        archive += Self.header("pg_tblspc/16400/", type: "2", link: "/mnt/fast")
        archive += Self.header("file", prefix: "a/long/prefix") + Self.zeros
        let events = try Self.read(archive, pieces: pieces)
        let entries = events.compactMap { event -> TarEntry? in
            guard case .entry(let entry) = event else { return nil }
            return entry
        }
        #expect(
            entries.map(\.name) == [
                "base/1", "base/1/1259", "pg_tblspc/16400", "a/long/prefix/file",
            ]
        )
        #expect(entries.map(\.size) == [0, 700, 0, 0])
        #expect(entries[0].kind == .directory)
        #expect(entries[2].kind == .symbolicLink(target: Array("/mnt/fast".utf8)))
        #expect(entries[1].mode == 0o600)
        #expect(events.contains(.bytes(content[...])))
        #expect(events.last == .end)
    }

    @Test func `a size of 8 GiB and more is read in base-256`() throws {
        let size: [UInt8] = [0x80, 0, 0, 0] + bigEndian(Int64(9 << 30))
        var reader = TarReader()
        reader.receive(Self.header("big", size: size)[...])
        guard case .entry(let entry) = try reader.next() else {
            Issue.record("no entry came")
            return
        }
        #expect(entry.size == 9 << 30)
        #expect(throws: Fault.self) { try reader.finish() }
    }

    @Test(arguments: [
        header("/etc/passwd"), header("../up"), header("a/../../up"), header("x/.."), header("."),
        header(""), header("pipe", type: "6"), header("hard", type: "1", link: "x"),
        header("long", type: "L"), header("link", type: "2"),
        header("f", size: Array("0000000009\0 ".utf8)),
        header("f", size: [UInt8](repeating: 0xFF, count: 12)),
        header("f", size: [0x80] + [UInt8](repeating: 0x7F, count: 11)),
        header("f", prefix: "/abs"),
    ])
    func `a hostile member is refused`(block: [UInt8]) {
        #expect(throws: Fault.self) { try Self.read(block + Self.zeros, pieces: 512) }
    }

    @Test func `damage to any byte of a header is noticed`() {
        let block = Self.header("base/1/1259")
        // The last byte of the checksum field stands after its end and means nothing.
        for index in 0..<512 where index != 155 {
            var damaged = block
            damaged[index] ^= 0x15
            #expect(throws: Fault.self) { try Self.read(damaged + Self.zeros, pieces: 512) }
        }
    }

    @Test func `a truncated archive is refused`() {
        let archive =
            Self.header("f", size: Self.octal(3)) + [1, 2, 3]
            + [UInt8](repeating: 0, count: 509) + Self.zeros
        for count in stride(from: 0, to: archive.count, by: 37) {
            #expect(throws: Fault.self) { try Self.read(Array(archive[..<count]), pieces: 64) }
        }
        #expect(throws: Fault.self) { try Self.read(archive + [1], pieces: 64) }
        #expect(throws: Fault.self) {
            try Self.read(archive.dropLast(512) + Self.header("late"), pieces: 64)
        }
    }

    @Test func `random archives never trap`() {
        var random = SeededGenerator.fresh("tar")
        for _ in 0..<2_000 {
            var archive = Self.header("base/1", size: Self.octal(Int.random(in: 0...2_000)))
            for _ in 0..<3 {
                archive[Int.random(in: 0..<512, using: &random)] = UInt8.random(
                    in: 0...255,
                    using: &random
                )
            }
            let sum = archive.enumerated().reduce(0) {
                $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element))
            }
            let digits = Array(String(sum, radix: 8).utf8) + [0]
            archive.replaceSubrange(148..<148 + digits.count, with: digits)
            archive += random.bytes(upTo: 3_000)
            _ = try? Self.read(archive, pieces: Int.random(in: 1...700, using: &random))
        }
    }
}
