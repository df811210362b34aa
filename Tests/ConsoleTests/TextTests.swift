import Console
import Model
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("🛟", 2), ("한", 2), ("█░", 2),
        ("ａ", 2), ("👩‍👩‍👧", 2), ("❤️", 2), ("\u{200B}", 0), ("Київ", 4),
    ])
    func `columns are counted as terminals do`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `clipping never exceeds the width`() {
        let text = "日本語 text 🛟 with é"
        for width in 0...30 {
            #expect(DisplayWidth.of(DisplayWidth.clipped(text, to: width)) <= width)
        }
        #expect(DisplayWidth.clipped("abcdef", to: 4) == "abc…")
        #expect(DisplayWidth.clipped("abcd", to: 4) == "abcd")
    }

    @Test func `tables align wide text and numbers`() {
        var table = Table([.init("name"), .init(number: "size"), .init("note")])
        table.add(["日本", "1.0 KiB", Styled("ok", .green)])
        table.add(["postgres", "12 B", ""])
        #expect(
            table.lines(color: false) == [
                "NAME         SIZE  NOTE", "日本      1.0 KiB  ok", "postgres     12 B",
            ]
        )
        #expect(table.lines(color: true)[1].hasSuffix("\u{1B}[32mok\u{1B}[0m"))
    }

    @Test func `no text commands the terminal`() {
        let evil = "a\u{1B}]0;x\u{7}\r\n\u{9B}\u{202E}b"
        #expect(Styled.visible(evil) == "a\\x1b]0;x\\x07\\x0d\\x0a\\x9b\\u{202e}b")
        var table = Table([.init("file")])
        table.add([Styled(evil, .red)])
        #expect(!table.lines(color: false).joined().contains("\u{1B}"))
        let fault = Fault(.invalidValue, "unable to read '\(evil)'")
        #expect(FaultText.lines(for: fault, color: false).allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func `a fault shows its message, hints and id`() {
        let fault = Fault(.invalidValue, "unable to read 'x': it is y", hints: ["Do z.", "Or w."])
        #expect(
            FaultText.lines(for: fault, color: false) == [
                "error: unable to read 'x': it is y", "hint: Do z.", "hint: Or w.", "id: E-VALUE",
            ]
        )
        #expect(FaultText.lines(for: fault, color: true)[0].hasPrefix("\u{1B}[31merror:\u{1B}[0m "))
    }

    @Test(arguments: [
        (3600, "2026-11-23T14:05:31Z (15:05:31 +01:00 local)"),
        (0, "2026-11-23T14:05:31Z (14:05:31 +00:00 local)"),
        (36_000, "2026-11-23T14:05:31Z (2026-11-24 00:05:31 +10:00 local)"),
        (-12_600, "2026-11-23T14:05:31Z (10:35:31 -03:30 local)"),
    ])
    func `a moment is shown in two clocks`(offset: Int, text: String) throws {
        let instant = try #require(Instant(rfc3339: "2026-11-23T14:05:31.204Z"))
        #expect(TimeEcho.text(instant, offsetSeconds: offset) == text)
    }

    @Test func `moments at the ends of time do not trap`() {
        for nanoseconds in [Int64.min, .max] {
            let instant = Instant(nanoseconds: nanoseconds)
            #expect(!TimeEcho.text(instant, offsetSeconds: 86_399).isEmpty)
            #expect(!TimeEcho.text(instant, offsetSeconds: -86_399).isEmpty)
        }
        #expect(abs(TimeEcho.localOffset(at: Instant(seconds: 0))) <= 15 * 3600)
    }

    @Test(arguments: [
        (Duration.milliseconds(430), "0.4s"), (.seconds(12), "12s"), (.seconds(185), "3m05s"),
        (.seconds(7620), "2h07m"), (.seconds(442_800), "5d03h"), (.seconds(-3), "0s"),
    ])
    func `durations take two units`(duration: Duration, text: String) {
        #expect(DurationText.text(duration) == text)
    }
}
