import Model
import PostgresProtection
import PostgresWire
import Protection
import Testing

/// Whether a base backup leads to where the log is received from, on a server that was promoted at 0/3200000 and at 0/5400000.
@Suite struct LogStartTests {
    private let line: TimelineHistory

    init() throws {
        let text = "1\t0/3200000\tno reason\n2\t0/5400000\tno reason\n"
        line = try TimelineHistory(timeline: 4, parsing: Array(text.utf8))
    }

    private func place(_ timeline: UInt32, _ position: UInt64) -> LogPlace {
        LogPlace(timeline, LSN(position))
    }

    @Test func `a base whose log leads at least there does`() {
        let start = LogStart(at: place(2, 0x440_0000), line: line)
        #expect(start.goesOn(from: place(2, 0x440_0000)))
        #expect(start.goesOn(from: place(2, 0x480_0000)))
        #expect(start.goesOn(from: place(4, 0x560_0000)))
    }

    @Test func `one whose log ends before it does not`() {
        let start = LogStart(at: place(2, 0x440_0000), line: line)
        #expect(!start.goesOn(from: place(2, 0x43f_ffff)))
        #expect(!start.goesOn(from: place(1, 0x31f_ffff)))
    }

    @Test func `a timeline goes on with the segment in which the one before it was left`() {
        let start = LogStart(at: place(2, 0x300_0000), line: line)
        #expect(start.goesOn(from: place(1, 0x320_0000)))
        #expect(!start.goesOn(from: place(1, 0x31f_ffff)))
        #expect(!LogStart(at: place(2, 0x400_0000), line: line).goesOn(from: place(1, 0x320_0000)))
    }

    @Test func `no timeline is left out`() {
        #expect(!LogStart(at: place(4, 0x500_0000), line: line).goesOn(from: place(1, 0x320_0000)))
        #expect(LogStart(at: place(4, 0x500_0000), line: line).goesOn(from: place(2, 0x540_0000)))
    }

    @Test func `a timeline that the server does not come from leads nowhere`() {
        let start = LogStart(at: place(4, 0x500_0000), line: line)
        #expect(!start.goesOn(from: place(3, 0x600_0000)))
        #expect(!start.goesOn(from: place(5, 0x600_0000)))
    }
}
