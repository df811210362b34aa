import Console
import Model
import Recovery
import StackConfiguration

/// A restore from its plan to its end, as a person sees it.
struct RestoreRun {
    let restore: StackRestore
    let stack: Stack
    /// Whether the plan was confirmed on the command line.
    let isConfirmed: Bool

    /// Shows the plan, waits for its confirmation, and does it.
    ///
    /// - Throws: as ``StackRestore/plan()``; `E-NOT-CONFIRMED`.
    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        let plan = try await restore.plan()
        try screen.result(RestoreText.lines(plan, stack, color: screen.hasColor))
        try screen.json("plan", RestoreText.fields(plan))
        try Confirmation.require(stack, screen, isGiven: isConfirmed, to: "restore")
        let board = screen.progress(of: "restoring")
        let summary = await restore.run(plan) { board.reporter(for: $0) }
        for result in summary.results { board.end(result.name, isSuccess: result.fault == nil) }
        board.finish()
        try screen.result(RestoreText.lines(summary, stack, color: screen.hasColor))
        try screen.json("summary", RestoreText.fields(summary))
        for result in summary.results {
            if let fault = result.fault { _ = screen.show(fault) }
        }
        return summary.exit
    }
}
