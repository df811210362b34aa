internal import Model

/// Ends work between two steps when its task was cancelled.
enum Cancellation {
    /// - Throws: `E-CANCELLED` when the task was cancelled.
    static func check(_ what: String) throws(Fault) {
        guard Task.isCancelled else { return }
        throw Fault(.cancelled, "unable to \(what): it was cancelled")
    }
}
