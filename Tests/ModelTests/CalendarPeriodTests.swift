import Foundation
import Model
import TestKit
import Testing

@Suite struct CalendarPeriodTests {
    @Test(arguments: [
        (CalendarPeriod.Unit.hour, "2026-11-27 14:00"), (.day, "2026-11-27"), (.week, "2026-W48"),
        (.month, "2026-11"), (.year, "2026"),
    ])
    func `a period has a name`(unit: CalendarPeriod.Unit, name: String) throws {
        let moment = try #require(Instant(rfc3339: "2026-11-27T14:59:59.999Z"))
        #expect(CalendarPeriod(unit, of: moment).description == name)
    }

    @Test(arguments: [
        ("2021-01-03T23:59:59Z", "2020-W53"), ("2021-01-04T00:00:00Z", "2021-W01"),
        ("2024-12-30T00:00:00Z", "2025-W01"), ("2026-12-31T12:00:00Z", "2026-W53"),
        ("2027-01-03T12:00:00Z", "2026-W53"), ("1969-12-29T00:00:00Z", "1970-W01"),
    ])
    func `a week belongs to the year of its Thursday`(text: String, name: String) throws {
        let moment = try #require(Instant(rfc3339: text))
        #expect(CalendarPeriod(.week, of: moment).description == name)
    }

    @Test func `a day begins at local midnight`() throws {
        let moment = try #require(Instant(rfc3339: "2026-11-27T22:30:00Z"))
        #expect(CalendarPeriod(.day, of: moment, offset: 7_200).description == "2026-11-28")
        #expect(CalendarPeriod(.day, of: moment, offset: -82_800).description == "2026-11-26")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it agrees with Foundation's calendar`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for _ in 0..<5_000 {
            let second = Int64.random(in: -5_000_000_000...8_000_000_000, using: &random)
            let date = Date(timeIntervalSince1970: Double(second))
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .weekOfYear, .yearForWeekOfYear],
                from: date
            )
            let text = { (value: Int?, width: Int) in
                let text = String(value ?? 0)
                return String(repeating: "0", count: max(0, width - text.count)) + text
            }
            let day =
                "\(text(parts.year, 4))-\(text(parts.month, 2))-\(text(parts.day, 2))"
            let expected: [CalendarPeriod.Unit: String] = [
                .hour: "\(day) \(text(parts.hour, 2)):00", .day: day,
                .week: "\(text(parts.yearForWeekOfYear, 4))-W\(text(parts.weekOfYear, 2))",
                .month: "\(text(parts.year, 4))-\(text(parts.month, 2))",
                .year: text(parts.year, 4),
            ]
            for (unit, name) in expected {
                let period = CalendarPeriod(unit, of: Instant(seconds: second))
                #expect(period.description == name, "seed \(seed), second \(second)")
            }
        }
    }
}
