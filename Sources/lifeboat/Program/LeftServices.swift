import Model
import Recovery
import Services
import StackConfiguration

/// The services that a restore stopped and, since it was killed, did not start again.
struct LeftServices {
    private let stack: Stack

    init(_ stack: Stack) { self.stack = stack }

    /// Starts those that may start, and says what stays stopped and why; the caller's own work goes on all the same.
    func putBack(_ screen: Screen) async {
        do throws(Fault) {
            guard let ending = try await StackServices(stack).putBack(regardless: false) else {
                return
            }
            for fault in ending.failures { screen.note(fault.message) }
            guard !ending.stopped.isEmpty else {
                return screen.note("what an interrupted restore had stopped runs again")
            }
            let names = ending.stopped.joined(separator: ", ")
            screen.note(
                "\(names) stay stopped since a restore did not come to its end: run it again, or start them as they are: lifeboat services \(stack.configuration.stack) --put-back"
            )
        } catch {
            // Who stops services now also starts them.
            guard error.code != .servicesBusy else { return }
            screen.note(error.message)
        }
    }
}
