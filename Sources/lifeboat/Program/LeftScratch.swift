import Model
import Protection
import Recovery
import SystemIO

/// The private folders, with data in them, of restores that were killed.
struct LeftScratch {
    private let stack: Stack

    init(_ stack: Stack) { self.stack = stack }

    /// Removes them and says so, and what could not be removed; the caller's own work goes on all the same.
    func remove(_ screen: Screen) {
        do throws(Fault) {
            let sweep = ScratchPlace.sweep(try stack.workFolder(), now: stack.clock.now())
            for path in sweep.removed {
                screen.note("removed what a killed run had left: \(path.displayed)")
            }
            for fault in sweep.faults {
                screen.note("what a killed run has left is still there: \(fault.message)")
            }
        } catch {
            screen.note("whether a killed run has left something is not known: \(error.message)")
        }
    }
}
