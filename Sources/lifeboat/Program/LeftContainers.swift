import Model
import Recovery

/// The containers that ran server programs for a run that was killed.
struct LeftContainers {
    private let stack: Stack

    init(_ stack: Stack) { self.stack = stack }

    /// Removes them, and says what could not be removed; the caller's own work goes on all the same.
    func remove(_ screen: Screen) async {
        for fault in await StackServices(stack).removeLeftContainers() {
            screen.note("a container of a killed run is still there: \(fault.message)")
        }
    }
}
