import Model
import Recovery
import Testing

struct TargetTextTests {
    private let now = Instant(seconds: 1_795_000_000)

    private func parse(_ text: String, east: Int = 7200) throws(Fault) -> RecoveryTarget {
        try TargetText.parse(text, now: now) { _ in east }
    }

    @Test
    func `moments are read as people write them`() throws {
        let noon = try #require(Instant(rfc3339: "2026-11-23T11:58:00Z"))
        #expect(try parse("latest") == .latest)
        #expect(try parse("2026-11-23T11:58:00Z") == .time(noon))
        #expect(try parse("2026-11-23 13:58:00+02:00") == .time(noon))
        #expect(try parse("2026-11-23 13:58") == .time(noon))
        #expect(try parse("2026-11-23T13:58:00") == .time(noon))
        #expect(try parse("2026-11-23 13:58:00.25") == .time(noon + .milliseconds(250)))
        #expect(try parse("2026-11-23 13:58", east: -18_000) == .time(noon + .seconds(25_200)))
        #expect(try parse("90s ago") == .time(now - .seconds(90)))
        #expect(try parse("2h ago") == .time(now - .seconds(7200)))
        #expect(try parse("1d12h ago") == .time(now - .seconds(129_600)))
        #expect(try parse("lsn:2/9A3F1C8") == .lsn(LSN(0x2_09A3_F1C8)))
        #expect(try parse("xid:7431") == .transaction(7431))
        #expect(try parse("mark:before migration") == .mark("before migration"))
        #expect(try parse("immediate") == .consistent)
    }

    @Test(arguments: [
        "", "yesterday", "2h", "ago", " ago", "h ago", "2x ago", "2h1d ago", "-2h ago",
        "999999999d ago", "99999999999999999999s ago", "2026-13-01", "2026-02-30 10:00", "lsn:",
        "lsn:9", "xid:", "xid:2", "xid:-3", "xid:4294967296", "mark:", "immediately",
        "2026-11-23", "2026-11-23 25:00", "２h ago",
    ])
    func `anything else is refused with an example`(text: String) {
        let fault = #expect(throws: Fault.self) { try parse(text) }
        #expect(fault?.code.id == "E-TARGET-FORM")
        #expect(fault?.code.exit == .usage)
        #expect(fault?.hints.isEmpty == false)
    }

    @Test func `a day alone is refused with what it lacks`() {
        let fault = #expect(throws: Fault.self) { try parse("2026-11-23") }
        #expect(fault?.message.contains("has no time") == true)
    }

    @Test
    func `a wall clock is read across a change of clocks`() throws {
        // Clocks went from +3 to +2 at this moment.
        let change = try #require(Instant(rfc3339: "2026-10-25T01:00:00Z"))
        let target = try TargetText.parse("2026-10-25 12:00", now: now) { moment in
            moment < change ? 10_800 : 7200
        }
        let expected = try #require(Instant(rfc3339: "2026-10-25T10:00:00Z"))
        #expect(target == .time(expected))
    }
}
