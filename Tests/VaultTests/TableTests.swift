import Model
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

@Suite struct TableTests {
    private let head = Hashing.sha256([1])
    private let vault = Hashing.sha256([2])

    private static func entries(_ count: Int) -> [(ContentID, PieceLocation)] {
        var random = SeededGenerator(seed: 31)
        return (0..<count).map { index in
            (
                // Few different low bits, so that slots collide.
                ContentID(high: random.next(), low: random.next() & 0xffff),
                PieceLocation(
                    pack: random.next(),
                    frame: UInt32(truncatingIfNeeded: random.next()),
                    start: UInt32(index),
                    length: 1 + UInt32(random.next() % 5_000)
                )
            )
        }
    }

    @Test(arguments: [0, 1, 10, 10_000]) func `a table grows, and is opened again`(
        count: Int
    ) throws {
        let folder = try ScratchFolder()
        let table = try DedupTable(creating: folder.path.appending("new"), slots: 8)
        let entries = Self.entries(count)
        for (id, location) in entries {
            #expect(table.find(id) == nil)
            try table.insert(id, location)
        }
        for (id, _) in entries {
            try table.insert(id, PieceLocation(pack: 1, frame: 1, start: 1, length: 1))
        }
        #expect(table.used == count)
        let place = folder.path.appending("table")
        try table.publish(as: place, reflecting: head, vault: vault, worn: [])
        let opened = try #require(DedupTable(opening: place, reflecting: head, vault: vault))
        #expect(opened.used == count)
        for (id, location) in entries { #expect(opened.find(id) == location) }
        #expect(opened.find(ContentID(high: 1, low: 1)) == nil)
        var found = 0
        try opened.forEach { (_, _) throws(Fault) in found += 1 }
        #expect(found == count)
    }

    @Test func `a table of another head or vault, or a damaged one, is none`() throws {
        let folder = try ScratchFolder()
        let place = folder.path.appending("table")
        #expect(DedupTable(opening: place, reflecting: head, vault: vault) == nil)
        let table = try DedupTable(creating: folder.path.appending("new"), slots: 16)
        try table.insert(
            ContentID(high: 1, low: 2),
            PieceLocation(pack: 1, frame: 2, start: 3, length: 4)
        )
        try table.publish(as: place, reflecting: head, vault: vault, worn: [])
        #expect(DedupTable(opening: place, reflecting: vault, vault: vault) == nil)
        #expect(DedupTable(opening: place, reflecting: head, vault: head) == nil)
        let bytes = try DurableFile.read(place, limit: ByteCount(1 << 20))
        for index in 0..<88 {
            var broken = bytes
            broken[index] ^= 0x80
            try DurableFile.replace(place, with: broken, mode: 0o600)
            if let opened = DedupTable(opening: place, reflecting: head, vault: vault) {
                // Only the count of used slots may be wrong, which nothing depends on.
                #expect((16..<24).contains(index), "byte \(index)")
                #expect(opened.find(ContentID(high: 1, low: 2)) != nil)
            }
        }
        for length in [0, 87, 4_095, 4_096, bytes.count - 1] {
            try DurableFile.replace(place, with: Array(bytes.prefix(length)), mode: 0o600)
            #expect(DedupTable(opening: place, reflecting: head, vault: vault) == nil)
        }
    }

    @Test func `no flipped bit of a slot gives a wrong location`() throws {
        let folder = try ScratchFolder()
        let place = folder.path.appending("table")
        let table = try DedupTable(creating: folder.path.appending("new"), slots: 16)
        let entries = Self.entries(6)
        for (id, location) in entries { try table.insert(id, location) }
        try table.publish(as: place, reflecting: head, vault: vault, worn: [])
        let bytes = try DurableFile.read(place, limit: ByteCount(1 << 20))
        for bit in 4_096 * 8..<bytes.count * 8 {
            var broken = bytes
            broken[bit / 8] ^= 1 << UInt8(bit % 8)
            try DurableFile.replace(place, with: broken, mode: 0o600)
            let opened = try #require(DedupTable(opening: place, reflecting: head, vault: vault))
            var lost = 0
            for (id, location) in entries {
                let found = opened.find(id)
                #expect(found == nil || found == location)
                lost += found == nil ? 1 : 0
            }
            #expect(lost <= entries.count)
            try opened.forEach { (id, location) throws(Fault) in
                #expect(entries.contains { $0.0 == id && $0.1 == location })
            }
        }
    }

    @Test func `a table without an empty slot ends its search`() throws {
        let folder = try ScratchFolder()
        let place = folder.path.appending("table")
        let table = try DedupTable(creating: folder.path.appending("new"), slots: 16)
        try table.publish(as: place, reflecting: head, vault: vault, worn: [])
        var bytes = try DurableFile.read(place, limit: ByteCount(1 << 20))
        for index in 4_096..<bytes.count { bytes[index] = 0xff }
        try DurableFile.replace(place, with: bytes, mode: 0o600)
        let opened = try #require(DedupTable(opening: place, reflecting: head, vault: vault))
        #expect(opened.find(ContentID(high: 1, low: 2)) == nil)
    }

    @Test(arguments: [1, 7, 100, 4_999, 5_000, 100_000])
    func `runs come out in pack order, spilled or not`(limit: Int) async throws {
        var random = SeededGenerator(seed: UInt64(limit))
        let folder = try ScratchFolder()
        let sorter = RunSorter(in: folder.path, limit: limit)
        var runs: [PlacedRun] = []
        for _ in 0..<5_000 {
            let run = PlacedRun(
                pack: random.next() % 3 == 0 ? .max : random.next() % 5,
                frame: UInt32(random.next() % 4),
                start: UInt32(truncatingIfNeeded: random.next()),
                length: UInt32(truncatingIfNeeded: random.next()),
                file: UInt32(truncatingIfNeeded: random.next()),
                offset: Int64(bitPattern: random.next()) & .max
            )
            runs.append(run)
            try sorter.append(run)
        }
        var sorted: [PlacedRun] = []
        try await sorter.forEach { (run) async throws(Fault) in sorted.append(run) }
        #expect(sorted == runs.sorted(by: <))
        #expect(try Directory.open(folder.path).names().isEmpty)
    }
}
