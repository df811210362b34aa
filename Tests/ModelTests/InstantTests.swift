import Model
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)),
        ("2000-02-29 23:59:59.5Z", 951_868_799_500_000_000),
        ("2026-11-23T14:05:31.204+02:00", 1_795_435_531_204_000_000),
        ("1969-12-31T23:59:59.999999999Z", -1),
    ])
    func `reads RFC 3339`(text: String, nanoseconds: Int64) {
        #expect(Instant(rfc3339: text)?.nanoseconds == nanoseconds)
    }

    @Test(arguments: [
        "", "2026-11-23", "2026-11-23T14:05:31", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-23T24:00:00Z", "2026-11-23T14:05:31.Z", "2026-11-23T14:05:31Zx",
        "+026-11-23T14:05:31Z",
    ])
    func `refuses what is not RFC 3339`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(arguments: [
        (Int64(0), "00.000Z", "00.000Z"), (1_500_000, "00.001500Z", "00.002Z"),
        (1_000_000, "00.001Z", "00.001Z"), (999_999_999, "00.999999999Z", "01.000Z"),
    ])
    func `a moment is told exactly, or as the first millisecond that is not before it`(
        nanoseconds: Int64,
        exact: String,
        earliest: String
    ) throws {
        let instant = Instant(nanoseconds: nanoseconds)
        #expect(instant.exactText == "1970-01-01T00:00:" + exact)
        #expect(instant.earliestText == "1970-01-01T00:00:" + earliest)
        #expect(Instant(rfc3339: instant.exactText) == instant)
        #expect(try #require(Instant(rfc3339: instant.earliestText)) >= instant)
    }

    @Test func `what a window says lies inside it`() throws {
        for (from, until) in [(1, 2), (1, 2_000_001), (1_000_000, 1_000_000), (5, 5)] {
            let window = RecoverableWindow(
                from: Instant(nanoseconds: Int64(from)),
                until: Instant(nanoseconds: Int64(until))
            )
            for text in window.description.split(separator: " to ") {
                #expect(window.contains(try #require(Instant(rfc3339: String(text)))))
            }
        }
    }

    @Test func `text and value agree on every day of four centuries`() {
        for day in stride(from: Int64(-100_000), to: 106_000, by: 1) {
            let instant = Instant(
                nanoseconds: (day * 86_400 + 43_199) * 1_000_000_000 + 123_456_789
            )
            #expect(Instant(rfc3339: instant.rfc3339(digits: 9)) == instant)
        }
    }

    @Test func `PostgreSQL's clock begins in the year 2000`() {
        let instant = Instant(postgresMicroseconds: 0)
        #expect(instant.rfc3339(digits: 0) == "2000-01-01T00:00:00Z")
        #expect(Instant(nanoseconds: instant.nanoseconds - 1).postgresMicroseconds == -1)
    }
}
