import Console
import Model
import Protection

/// The progress of a backup or a restore, without lines of it where no terminal redraws them: it takes seconds.
struct DemoProgress: Sendable {
    private let board: ProgressBoard
    private let screen: Screen
    private let isShown: Bool

    init(_ verb: String, _ screen: Screen) {
        board = screen.progress(of: verb)
        self.screen = screen
        isShown = screen.isJSON || screen.errorTerminal.isLive
    }

    /// Who hears of a component's progress.
    func reporter(for name: String) -> ProgressReporter {
        if isShown { return board.reporter(for: name) }
        return ProgressReporter { [screen] event in
            if case .note(let text) = event { screen.note("\(name): \(text)") }
        }
    }

    /// Notes that the work on a component has ended.
    func end(_ name: String, isSuccess: Bool) {
        if isShown { board.end(name, isSuccess: isSuccess) }
    }

    /// Draws the last state and leaves it standing.
    func finish() { board.finish() }
}
