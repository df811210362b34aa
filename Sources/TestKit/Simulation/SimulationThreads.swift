import Synchronization
import SystemIO

/// Plays many simulations on a few threads, each simulation on one.
public struct SimulationThreads: Sendable {
    private let count: Int

    /// So many threads.
    public init(_ count: Int) { self.count = count }

    /// Plays some simulations, and hands out what each comes to, in any order.
    ///
    /// A thread that is done with one takes the next, so that none waits for another one but at the end.
    ///
    /// - Parameters:
    ///   - inputs: What each is given.
    ///   - seed: Begins the order in which the pieces of the tasks of one run, from its place and what it is given.
    ///   - play: Plays one; it gets the number of the thread, below ``count``, whose things it may use.
    ///   - note: Takes what one comes to.
    public func play<Input: Sendable, Outcome: Sendable>(
        _ inputs: [Input],
        seed: @escaping @Sendable (Int, Input) -> UInt64 = { place, _ in UInt64(place) },
        _ play: @escaping @Sendable (Int, Input) async -> Outcome,
        note: (Outcome) -> Void
    ) async {
        let threads = BlockingThreads(name: "simulation", threads: count)
        let places = Places(inputs.count)
        await withTaskGroup(of: [Outcome].self) { group in
            for thread in 0..<min(count, inputs.count) {
                group.addTask(executorPreference: threads) {
                    var outcomes: [Outcome] = []
                    while let place = places.next() {
                        let input = inputs[place]
                        let executor = SeededExecutor(seed: seed(place, input))
                        outcomes.append(await executor.run { await play(thread, input) })
                    }
                    return outcomes
                }
            }
            for await outcomes in group { outcomes.forEach(note) }
        }
        threads.shutDown()
    }

    /// Hands out each place once.
    private final class Places: Sendable {
        private let count: Int
        private let given = Mutex(0)

        init(_ count: Int) { self.count = count }

        func next() -> Int? {
            given.withLock { given in
                guard given < count else { return nil }
                given += 1
                return given - 1
            }
        }
    }

    /// Plays every order of steps.
    ///
    /// - Parameters:
    ///   - beginnings: How the orders begin; with nothing, these are all orders.
    ///   - sameness: Which orders need not be seen.
    ///   - play: Plays one order, and returns it when it has ended.
    ///   - note: Takes what one comes to.
    public func playEveryOrder<Outcome: Sendable>(
        from beginnings: [[Int]] = [[]],
        _ sameness: StepOrder.Sameness,
        _ play: @escaping @Sendable (Int, StepOrder) async -> (StepOrder, Outcome),
        note: (Outcome) -> Void
    ) async {
        var open = beginnings
        while !open.isEmpty {
            let batch = open.suffix(512)
            open.removeLast(batch.count)
            await self.play(batch.map { StepOrder($0, sameness) }, play) { order, outcome in
                open += order.branches
                note(outcome)
            }
        }
    }
}
