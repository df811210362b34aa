import Console
import Model
import Protection
import Synchronization
import SystemIO

/// Gathers the progress of components, which work at once, and shows it.
final class ProgressBoard: Sendable {
    /// How progress is shown.
    enum Mode: Sendable {
        /// Not at all.
        case none
        /// Bars on a terminal, paced lines elsewhere.
        case display
        /// `status` objects, at most two a second.
        case json(JSONOutput)
    }

    private struct State {
        var display: ProgressDisplay
        var progress: [ComponentProgress] = []
        var lastStatus: Duration?
    }

    private let verb: String
    private let mode: Mode
    private let begin = BootClock.now()
    private let state: Mutex<State>
    private let color: Bool

    init(verb: String, mode: Mode, sink: any Sink, terminal: Terminal) {
        self.verb = verb
        self.mode = mode
        color = terminal.hasColor
        state = Mutex(State(display: ProgressDisplay(sink, terminal: terminal)))
    }

    /// Who hears of a component's progress.
    func reporter(for name: String) -> ProgressReporter {
        ProgressReporter { event in self.take(event, of: name) }
    }

    /// Notes that the work on a component has ended.
    func end(_ name: String, isSuccess: Bool) {
        change(name) { $0.outcome = isSuccess ? .finished : .failed }
    }

    /// Draws the last state and leaves it standing.
    func finish() {
        guard case .display = mode else { return }
        state.withLock { $0.display.finish() }
    }

    private func take(_ event: ProgressEvent, of name: String) {
        switch event {
        case .phase(let phase):
            change(name) {
                $0.phase = phase
                $0.done = .zero
                $0.total = nil
            }
        case .total(let bytes): change(name) { $0.total = ByteCount(bytes) }
        case .advanced(let bytes): change(name) { $0.done += ByteCount(bytes) }
        case .note(let text): note(text, of: name)
        }
    }

    private func note(_ text: String, of name: String) {
        switch mode {
        case .none: return
        case .display:
            let mark = Styled("note:", .yellow).rendered(color: color)
            state.withLock { $0.display.note("\(mark) \(name): \(Styled.visible(text))") }
        case .json(let output):
            // Progress that cannot be written never fails the work.
            state.withLock { _ in
                try? output.write(
                    "note",
                    [JSONField("component", .text(name)), JSONField("text", .text(text))]
                )
            }
        }
    }

    private func change(_ name: String, _ body: (inout ComponentProgress) -> Void) {
        let time = BootClock.now() - begin
        state.withLock { state in
            let index = Self.place(of: name, in: &state, phase: verb)
            body(&state.progress[index])
            switch mode {
            case .none: return
            case .display: state.display.update(state.progress[index], at: time)
            case .json(let output):
                if let last = state.lastStatus, time - last < .milliseconds(500) { return }
                state.lastStatus = time
                try? output.write("status", Self.fields(state.progress, time))
            }
        }
    }

    private static func place(of name: String, in state: inout State, phase: String) -> Int {
        if let index = state.progress.firstIndex(where: { $0.name == name }) { return index }
        state.progress.append(ComponentProgress(name: name, phase: phase))
        return state.progress.count - 1
    }

    private static func fields(_ progress: [ComponentProgress], _ time: Duration) -> [JSONField] {
        let components: [JSONValue] = progress.map { one in
            .object([
                JSONField("component", .text(one.name)), JSONField("phase", .text(one.phase)),
                JSONField("bytes_done", .bytes(one.done)),
                JSONField("bytes_total", one.total.map { .bytes($0) } ?? .null),
                JSONField("outcome", .text("\(one.outcome)")),
            ])
        }
        return [
            JSONField("seconds_elapsed", .seconds(time)),
            JSONField("components", .array(components)),
        ]
    }
}
