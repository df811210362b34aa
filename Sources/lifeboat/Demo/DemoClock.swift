import Model

/// Waiting, which ends at once when the demonstration is cancelled.
enum DemoClock {
    /// Lets some time pass.
    ///
    /// - Throws: `E-CANCELLED`.
    static func wait(_ time: Duration) async throws(Fault) {
        do {
            try await Task.sleep(for: time)
        } catch { throw cancelled }
    }

    /// - Throws: `E-CANCELLED` when the task was cancelled.
    static func checkCancellation() throws(Fault) {
        guard !Task.isCancelled else { throw cancelled }
    }

    private static let cancelled = Fault(
        .cancelled,
        "unable to finish the demonstration: it was cancelled"
    )
}
