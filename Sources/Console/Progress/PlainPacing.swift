/// Decides when progress is worth a line in a log: at each tenth, after 30 seconds of silence, at each new phase,
/// and at the end.
struct PlainPacing: Sendable {
    private var tenth = -1
    private var phase = ""
    private var outcome = ComponentProgress.Outcome.running
    private var lastLine: Duration?

    /// Whether the present state is due.
    mutating func isDue(_ progress: ComponentProgress, at time: Duration) -> Bool {
        let tenth = progress.fraction.map { Int($0 * 10) } ?? self.tenth
        let isSilent = lastLine.map { time - $0 >= .seconds(30) } ?? true
        let isNews =
            tenth > self.tenth || progress.phase != phase || progress.outcome != outcome || isSilent
        guard isNews else { return false }
        self.tenth = max(tenth, self.tenth)
        phase = progress.phase
        outcome = progress.outcome
        lastLine = time
        return true
    }
}
