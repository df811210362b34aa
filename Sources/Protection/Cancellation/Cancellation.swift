public import Model

/// Ends work that was cancelled from outside, between two steps or while it waits.
public enum Cancellation {
    /// Does nothing unless the task was cancelled.
    ///
    /// - Parameter what: a verb and a thing, such as `plan the restore`.
    /// - Throws: `E-CANCELLED` when it was.
    public static func check(_ what: @autoclosure () -> String) throws(Fault) {
        guard !Task.isCancelled else {
            throw Fault(.cancelled, "unable to \(what()): it was cancelled")
        }
    }

    /// Lets some time pass.
    ///
    /// - Parameters:
    ///   - time: how much.
    ///   - what: as for ``check(_:)``.
    /// - Throws: `E-CANCELLED` when the task is cancelled meanwhile, or was before.
    public static func pause(
        _ time: Duration,
        _ what: @autoclosure () -> String
    ) async throws(Fault) {
        do {
            try await Task.sleep(for: time)
        } catch {
            throw Fault(.cancelled, "unable to \(what()): it was cancelled")
        }
    }
}
