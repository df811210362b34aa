import Model

/// Shows the progress of several components: live lines on a terminal, paced plain lines elsewhere.
///
/// A failure to show progress never fails the work: the sink's faults are dropped here, since the result goes
/// elsewhere. The owner serialises the calls. `time` is the time since the work began.
public struct ProgressDisplay: Sendable {
    private let sink: any Sink
    private let terminal: Terminal
    private var states: [(progress: ComponentProgress, meter: RateMeter, pacing: PlainPacing)] = []
    private var area = LiveArea()
    private var lastFrame: Duration?

    /// A display without components.
    public init(_ sink: any Sink, terminal: Terminal) {
        self.sink = sink
        self.terminal = terminal
    }

    /// Takes the present state of a component; components appear in the order of their first update.
    public mutating func update(_ progress: ComponentProgress, at time: Duration) {
        let index = place(of: progress)
        let isChanged =
            states[index].progress.phase != progress.phase
            || states[index].progress.outcome != progress.outcome
        states[index].progress = progress
        states[index].meter.add(progress.done, at: time)
        guard terminal.isLive else {
            if states[index].pacing.isDue(progress, at: time) {
                show(ProgressLine.plain(progress, rate: states[index].meter.bytesPerSecond) + "\n")
            }
            return
        }
        let isDue = lastFrame.map { time - $0 >= .milliseconds(100) } ?? true
        guard isDue || isChanged else { return }
        lastFrame = time
        show(area.frame(lines()))
    }

    /// Writes a line above the live area, or just a line where there is none.
    public mutating func note(_ line: String) {
        guard terminal.isLive else { return show(line + "\n") }
        show(area.wiped() + line + "\n" + area.frame(lines()))
    }

    /// Draws the last state and leaves it standing.
    public mutating func finish() {
        guard terminal.isLive, !states.isEmpty else { return }
        show(area.frame(lines()))
        area = LiveArea()
        states = []
    }

    private mutating func place(of progress: ComponentProgress) -> Int {
        if let index = states.firstIndex(where: { $0.progress.name == progress.name }) {
            return index
        }
        states.append((progress, RateMeter(), PlainPacing()))
        return states.count - 1
    }

    private func lines() -> [String] {
        let names = states.map { DisplayWidth.of(Styled.visible($0.progress.name)) }
        return states.map { state in
            ProgressLine.text(
                state.progress,
                rate: state.meter.bytesPerSecond,
                nameWidth: names.max() ?? 0,
                terminal: terminal
            )
        }
    }

    private func show(_ text: String) {
        try? sink.write(text)
    }
}
