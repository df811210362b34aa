import Model

/// Draws the progress of one component as one line.
public enum ProgressLine {
    /// `postgres  ██████░░░░  61 %  1.2 GiB of 2.0 GiB  118.0 MiB/s  6.9s left  reading`, cut to the width.
    ///
    /// - Parameters:
    ///   - progress: What to draw.
    ///   - rate: Bytes a second, where known.
    ///   - nameWidth: The columns for the name, the same on every line of an area.
    ///   - terminal: How wide the line may be, and whether it may be coloured.
    /// - Returns: The line, without a line feed.
    public static func text(
        _ progress: ComponentProgress,
        rate: Double?,
        nameWidth: Int,
        terminal: Terminal
    ) -> String {
        let name = DisplayWidth.padded(Styled.visible(progress.name), to: nameWidth)
        let facts = ([amount(progress)] + speed(progress, rate: rate) + [phase(progress)])
            .joined(separator: "  ")
        let space = terminal.width - 1 - DisplayWidth.of(name) - DisplayWidth.of(facts) - 11
        let width = min(30, space)
        guard let fraction = progress.fraction, width >= 5 else {
            return DisplayWidth.clipped("\(name)  \(facts)", to: terminal.width - 1)
        }
        let style: Style =
            switch progress.outcome {
            case .running: .cyan
            case .finished: .green
            case .failed: .red
            }
        let bar = Styled(bar(fraction, width: width), style).rendered(color: terminal.hasColor)
        return "\(name)  \(bar)  \(percent(fraction))  \(facts)"
    }

    /// The same without bar and colour, for a log.
    public static func plain(_ progress: ComponentProgress, rate: Double?) -> String {
        let percent = progress.fraction.map { ["\(Int($0 * 100)) %"] } ?? []
        let facts = percent + [amount(progress)] + speed(progress, rate: rate) + [phase(progress)]
        return "\(Styled.visible(progress.name)): \(facts.joined(separator: ", "))"
    }

    /// A bar of full and empty blocks; full only when all is done.
    public static func bar(_ fraction: Double, width: Int) -> String {
        let full = min(width, max(0, Int(fraction * Double(width))))
        return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    }

    private static func percent(_ fraction: Double) -> String {
        DisplayWidth.padded("\(Int(fraction * 100)) %", to: 5, trailing: true)
    }

    private static func amount(_ progress: ComponentProgress) -> String {
        progress.total.map { "\(progress.done) of \($0)" } ?? "\(progress.done)"
    }

    private static func speed(_ progress: ComponentProgress, rate: Double?) -> [String] {
        guard progress.outcome == .running, let rate, rate >= 1, rate < 1e15 else { return [] }
        let speed = "\(ByteCount(Int64(rate)))/s"
        guard let total = progress.total, total > progress.done else { return [speed] }
        let left = Double(total.bytes - progress.done.bytes) / rate
        guard left < 365 * 86_400 else { return [speed] }
        return [speed, "\(DurationText.text(.seconds(left))) left"]
    }

    private static func phase(_ progress: ComponentProgress) -> String {
        switch progress.outcome {
        case .running: Styled.visible(progress.phase)
        case .finished: "done"
        case .failed: "failed"
        }
    }
}
