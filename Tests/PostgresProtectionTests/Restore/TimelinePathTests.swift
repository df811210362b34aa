import Model
import PostgresProtection
import PostgresWire
import Testing

@Suite struct TimelinePathTests {
    private let history = Array("1\t0/3000060\tno recovery target\n2\t0/5000000\tno\n".utf8)

    @Test func `a path leads over every switch after the base`() throws {
        let history = try TimelineHistory(timeline: 3, parsing: history)
        let path = try #require(TimelinePath(from: 1, at: LSN(0x200_0028), to: history))
        #expect(path.stretches.map(\.timeline) == [1, 2, 3])
        #expect(path.stretches.map(\.to) == [LSN(0x300_0060), LSN(0x500_0000), nil])
        #expect(TimelinePath(text: path.text(end: LSN(0x600_0000))) == path)
        let places: [UInt64] = [0x200_0028, 0x300_005F, 0x300_0060, 0x4FF_FFFF, 0x900_0000]
        #expect(places.map { path.timeline(at: LSN($0)) } == [1, 1, 2, 2, 3])
        let late = try #require(TimelinePath(from: 2, at: LSN(0x400_0000), to: history))
        #expect(late.stretches.map(\.timeline) == [2, 3])
    }

    @Test func `a base behind the switch does not lead to the new timeline`() throws {
        let history = try TimelineHistory(timeline: 3, parsing: history)
        #expect(TimelinePath(from: 1, at: LSN(0x400_0000), to: history) == nil)
        #expect(TimelinePath(text: "x") == nil)
    }
}
