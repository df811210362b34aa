import Synchronization

/// Runs tasks on the thread that asks for it, a piece at a time, in an order that a seed decides.
///
/// What runs on it may wait for nothing from outside: when nothing is left to run, the work has ended, or never will.
public final class SeededExecutor: TaskExecutor {
    private struct State: ~Copyable {
        var jobs: [UnownedJob] = []
        var random: SeededGenerator
    }

    private let state: Mutex<State>

    /// Begins at a seed.
    public init(seed: UInt64) {
        state = Mutex(State(random: SeededGenerator(seed: seed)))
    }

    /// Takes a piece of a task to be run.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
    }

    /// Does some work with all tasks that it starts, and returns what it comes to.
    ///
    /// It blocks the thread that it is called on. Traps when every task waits for another one.
    public func run<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
        await withTaskGroup(of: Value.self) { group in
            let isOver = Mutex(false)
            group.addTask(executorPreference: self) {
                let value = await work()
                isOver.withLock { $0 = true }
                return value
            }
            drain()
            precondition(isOver.withLock { $0 }, "every task waits for another one")
            guard let value = await group.next() else { preconditionFailure("it was added") }
            return value
        }
    }

    private func drain() {
        while let job = next() {
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private func next() -> UnownedJob? {
        state.withLock { state in
            guard !state.jobs.isEmpty else { return nil }
            let place = Int.random(in: state.jobs.indices, using: &state.random)
            state.jobs.swapAt(place, state.jobs.count - 1)
            return state.jobs.removeLast()
        }
    }
}
