internal import Model

/// Decides whether a container that was started works, look by look.
///
/// ```
/// has a health check:  healthy ─▶ works            anything else ─▶ wait, until the time is over
/// has none:            runs for ``settling`` without a break ─▶ works
/// stands still at two looks after each other ─▶ failed
/// ```
package struct HealthWatch {
    /// What a look says.
    package enum Verdict: Hashable {
        case wait
        case works
        case failed(String)
        /// It runs, and its health check did not say in time that it works.
        case unhealthy(String)
    }

    /// For how long something without a health check must run.
    static let settling = Duration.seconds(1)

    private let patience: Duration
    private var runningSince: Duration?
    private var stoodStill = false

    /// Begins to watch one that was started now; `patience`: how long it may take to work.
    package init(patience: Duration) { self.patience = patience }

    /// Takes in a look.
    ///
    /// - Parameters:
    ///   - details: what the engine says.
    ///   - passed: the time since the start.
    /// - Returns: what it says, with those before.
    package mutating func look(at details: ContainerDetails, after passed: Duration) -> Verdict {
        guard details.isRunning, !details.isRestarting else {
            runningSince = nil
            defer { stoodStill = !details.isRestarting }
            if stoodStill, !details.isRestarting {
                return .failed("it ended with status \(details.exitCode)")
            }
            return verdict(after: passed, "it ends again and again")
        }
        stoodStill = false
        switch details.health {
        case "healthy": return .works
        case .some(let health):
            guard passed >= patience else { return .wait }
            return .unhealthy("it is \(health), after \(patience.components.seconds) seconds")
        case nil:
            let since = runningSince ?? passed
            runningSince = since
            return passed - since >= Self.settling
                ? .works : verdict(after: passed, "it did not settle")
        }
    }

    private func verdict(after passed: Duration, _ fact: String) -> Verdict {
        passed < patience
            ? .wait : .failed("\(fact), after \(patience.components.seconds) seconds")
    }
}
