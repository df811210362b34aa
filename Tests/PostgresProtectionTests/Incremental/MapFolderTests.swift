import Model
import PostgresProtection
import PostgresWire
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Maps of the log in the host's state folder.
struct MapFolderTests {
    private let table = RelationID(tablespace: 1663, database: 5, number: 16384)
    private let size: UInt64 = 16 << 20

    private func folder(_ scratch: ScratchFolder, system: UInt64 = 7) throws -> MapFolder {
        let stream = try #require(StreamName(host: "h", stack: "s", component: "c"))
        return MapFolder(scratch.path, stream: stream, systemIdentifier: system)
    }

    /// A map of one segment that names one block.
    private func sheet(
        _ segment: UInt64,
        _ block: UInt32,
        timeline: UInt32 = 1,
        from: UInt64 = 0
    ) -> MapFolder.Sheet {
        var map = BlockMap(timeline: timeline, start: LSN(segment * size + from))
        map.insert(block, of: table)
        map.extend(to: LSN((segment + 1) * size), read: LSN((segment + 1) * size))
        return MapFolder.Sheet(map: map, lastRecord: LSN((segment + 1) * size - 8))
    }

    private func leg(from: UInt64, to: UInt64) throws -> MapChain.Leg {
        let point = { (position: UInt64) in
            MapChain.Point(
                systemIdentifier: 7,
                timeline: 1,
                position: LSN(position),
                hasDataChecksums: true
            )
        }
        let chain = try MapChain(
            from: point(from),
            to: point(to),
            history: TimelineHistory(root: 1)
        )
        return try #require(chain.legs.first)
    }

    private func read(_ map: BlockMap?) -> FileReading? {
        map?.reading(path: "base/5/16384", size: 819_200, prior: 819_200, joining: 0)
    }

    private func store(_ folder: MapFolder, _ segments: ClosedRange<UInt64>) throws {
        for segment in segments {
            try folder.store(
                sheet(segment, UInt32(segment)),
                as: MapFolder.Name(timeline: 1, segment: segment)
            )
        }
    }

    @Test func `maps that follow each other become one, up to the first hole`() throws {
        let scratch = try ScratchFolder()
        let folder = try folder(scratch)
        #expect(folder.map(along: try leg(from: size, to: 2 * size)) == nil)
        try store(folder, 1...3)
        try store(folder, 5...6)
        let whole = folder.map(along: try leg(from: size + 40, to: 4 * size))
        #expect(whole?.start == LSN(size) && whole?.end == LSN(4 * size))
        #expect(read(whole) == .blocks([1..<4]))
        let part = folder.map(along: try leg(from: 2 * size + 40, to: 7 * size))
        #expect(part?.end == LSN(4 * size))
        #expect(read(part) == .blocks([2..<4]))
        let later = folder.map(along: try leg(from: 5 * size, to: 7 * size))
        #expect(read(later) == .blocks([5..<7]))
        #expect(folder.map(along: try leg(from: 4 * size + 40, to: 7 * size)) == nil)
        // Joined or alone, what lies behind the hole is not claimed.
        let chain = try MapChain(
            from: .init(
                systemIdentifier: 7,
                timeline: 1,
                position: LSN(size),
                hasDataChecksums: true
            ),
            to: .init(
                systemIdentifier: 7,
                timeline: 1,
                position: LSN(6 * size),
                hasDataChecksums: true
            ),
            history: TimelineHistory(root: 1)
        )
        let fault = #expect(throws: ReadingFallback.self) {
            _ = try chain.joined(chain.legs.compactMap { folder.map(along: $0) })
        }
        #expect(fault?.text == "the log has a gap at \(LSN(4 * size)) of timeline 1")
    }

    @Test func `a damaged file, or one of another cluster or timeline, says nothing`() throws {
        let scratch = try ScratchFolder()
        let folder = try folder(scratch)
        let name = MapFolder.Name(timeline: 1, segment: 2)
        try store(folder, 2...2)
        #expect(try self.folder(scratch, system: 8).sheet(name) == nil)
        let path = folder.path.appending(name.text)
        let whole = try DurableFile.read(path, limit: ByteCount(1 << 20))
        for offset in whole.indices {
            var torn = whole
            torn[offset] ^= 0x40
            try DurableFile.replace(path, with: torn, mode: 0o600)
            #expect(folder.sheet(name) == nil, "byte \(offset)")
        }
        for length in 0..<whole.count {
            try DurableFile.replace(path, with: Array(whole.prefix(length)), mode: 0o600)
            #expect(folder.sheet(name) == nil, "\(length) bytes")
        }
        let other = MapFolder.Name(timeline: 2, segment: 2)
        try DurableFile.replace(folder.path.appending(other.text), with: whole, mode: 0o600)
        #expect(folder.sheet(other) == nil)
        try DurableFile.replace(path, with: whole, mode: 0o600)
        #expect(folder.sheet(name)?.map == sheet(2, 2).map)
        #expect(folder.sheet(name)?.lastRecord == LSN(3 * size - 8))
    }

    @Test func `what is needed no more is removed, and what another log may contradict`() throws {
        let scratch = try ScratchFolder()
        let folder = try folder(scratch)
        try store(folder, 1...9)
        try folder.store(sheet(9, 9, timeline: 2), as: .init(timeline: 2, segment: 9))
        let point = MapChain.Point(
            systemIdentifier: 7,
            timeline: 1,
            position: LSN(4 * size + 40),
            hasDataChecksums: true
        )
        folder.prune(before: point)
        #expect(folder.names(timeline: 1).map(\.segment) == Array(4...9))
        folder.forget(timeline: 1, from: LSN(7 * size))
        #expect(folder.names(timeline: 1).map(\.segment) == Array(4...6))
        folder.forget(timeline: 1, from: LSN(6 * size + 1))
        #expect(folder.names(timeline: 1).map(\.segment) == Array(4...5))
        #expect(folder.names(timeline: 2).map(\.segment) == [9])
        folder.prune(
            before: .init(
                systemIdentifier: 7,
                timeline: 2,
                position: LSN(9 * size),
                hasDataChecksums: true
            )
        )
        #expect(folder.names(timeline: 1).isEmpty && folder.names(timeline: 2).count == 1)
    }
}
