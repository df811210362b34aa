internal import Model

/// Ends work that was cancelled from outside.
enum Cancellation {
    /// Throws `E-CANCELLED` when the task was cancelled.
    static func check(_ what: String) throws(Fault) {
        guard !Task.isCancelled else {
            throw Fault(.cancelled, "unable to \(what): the work was cancelled")
        }
    }
}
