public import Model
import Synchronization

extension Fault.Code {
    /// A simulated run in which nobody can go on.
    public static let stuck = Fault.Code("E-TEST-STUCK", .permanent, exit: .failed)
}

/// Runs tasks one after the other on one thread, and lets a test decide who goes next.
///
/// Actors stop at steps, of which a ``GatedStore`` makes one for each call that it is told to. When nothing can run any
/// more but actors that stand at a step, the chooser lets one of them go on. So a run depends on its choices alone,
/// however many tasks an actor has.
public final class Simulation: TaskExecutor {
    /// Where an actor stands.
    public struct Step: Sendable, Hashable {
        /// Who.
        public let actor: Int
        /// What it is about to do.
        public let name: String
    }

    private struct State {
        var ready: [UnownedJob] = []
        var standing: [(step: Step, go: CheckedContinuation<Void, Never>)] = []
        var isDone = false
    }

    private let state = Mutex(State())

    /// Makes one for one run.
    public init() {}

    /// Takes a job of an actor.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    /// Stops the caller until the chooser lets it go on.
    public func stop(_ actor: Int, before name: String) async {
        await withCheckedContinuation { go in
            state.withLock { $0.standing.append((Step(actor: actor, name: name), go)) }
        }
    }

    /// Runs actors to their ends.
    ///
    /// `choose` gets the steps at which actors stand, in the order in which they came there, and gives the place of the one
    /// that goes on.
    ///
    /// - Throws: `E-TEST-STUCK` when no actor can go on and not all have ended; the run is then lost.
    public func run(
        _ actors: [@Sendable () async -> Void],
        choosing choose: ([Step]) -> Int
    ) async throws(Fault) {
        let simulation = self
        let isStuck = await withTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: simulation) {
                await withTaskGroup(of: Void.self) { group in
                    for actor in actors { group.addTask { await actor() } }
                }
                simulation.state.withLock { $0.isDone = true }
            }
            return !simulation.drive(choose)
        }
        guard !isStuck else {
            throw Fault(.stuck, "unable to go on with a simulated run: nobody can go on")
        }
    }

    /// Runs jobs until all actors have ended; false when nobody can go on.
    private func drive(_ choose: ([Step]) -> Int) -> Bool {
        while true {
            if let job = state.withLock({ $0.ready.isEmpty ? nil : $0.ready.removeFirst() }) {
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
                continue
            }
            let (steps, isDone) = state.withLock { ($0.standing.map(\.step), $0.isDone) }
            if isDone { return true }
            guard !steps.isEmpty else { return false }
            let place = choose(steps)
            state.withLock { $0.standing.remove(at: place).go }.resume()
        }
    }
}
