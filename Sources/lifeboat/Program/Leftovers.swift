import Model
import Protection
import Recovery
import Services
import StackConfiguration
import SystemIO

/// What runs that were killed have left on this host: services that stand still, containers, and private folders with data in them.
struct Leftovers {
    private let stack: Stack

    init(_ stack: Stack) { self.stack = stack }

    /// Puts right what can be, and says what was done and what could not be; the caller's own work goes on all the same.
    ///
    /// `startsServices`: whether those that may start do.
    func clear(_ screen: Screen, startsServices: Bool = true) async {
        if startsServices { await putServicesBack(screen) }
        // Containers work in the folders, which stay while somebody does.
        for fault in await StackServices(stack).removeLeftContainers() {
            screen.note("a container of a killed run is still there: \(fault.message)")
        }
        removeFolders(screen)
    }

    private func putServicesBack(_ screen: Screen) async {
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

    private func removeFolders(_ screen: Screen) {
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
