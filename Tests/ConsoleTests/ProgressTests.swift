import Console
import Model
import Testing

@Suite struct ProgressTests {
    private let wide = Terminal(isLive: true, hasColor: false, width: 100)

    private func half(_ outcome: ComponentProgress.Outcome = .running) -> ComponentProgress {
        ComponentProgress(
            name: "redis",
            phase: "reading",
            done: ByteCount(Int64(512 << 20)),
            total: ByteCount(Int64(1 << 30)),
            outcome: outcome
        )
    }

    @Test func `a line shows bar, bytes, rate, time left and phase`() {
        let rate = Double(64 << 20)
        let text = ProgressLine.text(half(), rate: rate, nameWidth: 8, terminal: wide)
        #expect(
            text == "redis     █████████████░░░░░░░░░░░░░   50 %  512.0 MiB of 1.0 GiB  "
                + "64.0 MiB/s  8.0s left  reading"
                || text.hasSuffix("50 %  512.0 MiB of 1.0 GiB  64.0 MiB/s  8.0s left  reading")
        )
        #expect(
            ProgressLine.plain(half(), rate: rate)
                == "redis: 50 %, 512.0 MiB of 1.0 GiB, 64.0 MiB/s, 8.0s left, reading"
        )
    }

    @Test func `no line is wider than the terminal`() {
        for width in 20...200 {
            let terminal = Terminal(isLive: true, hasColor: false, width: width)
            for rate in [nil, 0, 1, 1e9, .infinity, .nan] as [Double?] {
                let text = ProgressLine.text(half(), rate: rate, nameWidth: 30, terminal: terminal)
                #expect(DisplayWidth.of(text) < width)
            }
        }
    }

    @Test(arguments: [
        (0.0, "░░░░░"), (0.19, "░░░░░"), (0.2, "█░░░░"), (0.999, "████░"), (1.0, "█████"),
        (7.0, "█████"), (-1.0, "░░░░░"),
    ])
    func `a bar is full only at the end`(fraction: Double, bar: String) {
        #expect(ProgressLine.bar(fraction, width: 5) == bar)
    }

    @Test func `without a total there is no bar and no percentage`() {
        var progress = half()
        progress.total = nil
        let text = ProgressLine.text(progress, rate: nil, nameWidth: 5, terminal: wide)
        #expect(text == "redis  512.0 MiB  reading")
        progress.total = .zero
        #expect(progress.fraction == 0)
        progress.outcome = .finished
        #expect(progress.fraction == 1)
    }

    @Test func `a log gets a line at each tenth and after thirty seconds`() {
        let sink = RecordingSink()
        var display = ProgressDisplay(sink, terminal: .plain)
        var progress = ComponentProgress(name: "files", phase: "reading", total: ByteCount(1000))
        for step in 0...1000 {
            progress.done = ByteCount(step)
            display.update(progress, at: .milliseconds(step))
        }
        #expect(sink.lines.count == 11)
        display.update(progress, at: .seconds(20))
        #expect(sink.lines.count == 11)
        display.update(progress, at: .seconds(32))
        #expect(sink.lines.count == 12)
        progress.outcome = .finished
        display.update(progress, at: .seconds(33))
        display.finish()
        #expect(sink.lines.count == 13)
        #expect(sink.lines.last == "files: 100 %, 1000 B of 1000 B, done")
        #expect(!sink.text.contains("\u{1B}"))
    }

    @Test func `a terminal keeps one line a component and draws it at most ten times a second`() {
        let sink = RecordingSink()
        var display = ProgressDisplay(sink, terminal: wide)
        for step in 0..<1000 {
            for name in ["a", "b", "c"] {
                let done = ByteCount(step)
                display.update(
                    ComponentProgress(name: name, phase: "p", done: done, total: ByteCount(1000)),
                    at: .milliseconds(step)
                )
            }
        }
        let frames = sink.text.split(separator: "\r").count
        #expect((8...12).contains(frames))
        display.note("a note")
        display.finish()
        let screen = Self.screen(sink.text)
        #expect(screen.count == 4)
        #expect(screen[0] == "a note")
        #expect(screen[1].hasPrefix("a  ") && screen[1].contains("999 B of 1000 B"))
        #expect(screen[3].hasPrefix("c  ") && screen[3].contains("999 B of 1000 B"))
    }

    /// What a terminal shows after the characters: only the movements that the area uses are known.
    private static func screen(_ text: String) -> [String] {
        var lines: [[Unicode.Scalar]] = [[]]
        var (row, column) = (0, 0)
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n":
                (row, column) = (row + 1, 0)
                if row == lines.count { lines.append([]) }
            case "\u{1B}":
                rest = rest.dropFirst()
                let digits = rest.prefix { ("0"..."9").contains($0) }
                rest = rest.dropFirst(digits.count)
                switch rest.popFirst() {
                case "A": row -= Int(String(digits)) ?? 1
                case "J": lines.replaceSubrange(row..., with: [[]])
                case "K": lines[row].removeSubrange(column...)
                default: Issue.record("the area uses no other movement")
                }
            case _ where column < lines[row].count:
                lines[row][column] = scalar
                column += 1
            default:
                lines[row].append(scalar)
                column += 1
            }
        }
        return lines.dropLast().map { line in
            line.reduce(into: "") { $0.unicodeScalars.append($1) }
        }
    }
}
