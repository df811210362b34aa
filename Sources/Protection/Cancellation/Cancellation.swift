public import Model

/// Ends work that was cancelled from outside, between two steps.
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
}
