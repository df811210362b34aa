package import Model

/// A clock as what waits needs it: the time that has passed, and waiting.
package struct Timepiece: Sendable {
    /// The time since this was made.
    package let passed: @Sendable () -> Duration
    private let rest: @Sendable (Duration) async throws -> Void

    /// Reads and waits by a clock.
    package init<Source: Clock>(_ clock: Source) where Source.Duration == Duration {
        let start = clock.now
        passed = { start.duration(to: clock.now) }
        rest = { try await clock.sleep(until: clock.now.advanced(by: $0), tolerance: nil) }
    }

    /// Waits.
    ///
    /// - Throws: `E-CANCELLED` when the task is cancelled meanwhile.
    package func wait(_ time: Duration) async throws(Fault) {
        do {
            try await rest(time)
        } catch {
            throw Fault(.cancelled, "unable to wait: the work was cancelled")
        }
    }
}
