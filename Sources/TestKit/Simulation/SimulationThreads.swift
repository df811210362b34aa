import SystemIO

/// Plays many simulations on a few threads, each simulation on one.
public struct SimulationThreads: Sendable {
    private let count: Int

    /// So many threads.
    public init(_ count: Int) { self.count = count }

    /// Plays some simulations, and hands out what each comes to, in any order.
    ///
    /// - Parameters:
    ///   - inputs: What each is given.
    ///   - play: Plays one; it gets the number of the thread, below ``count``, whose things it may use.
    ///   - note: Takes what one comes to.
    public func play<Input: Sendable, Outcome: Sendable>(
        _ inputs: [Input],
        _ play: @escaping @Sendable (Int, Input) async -> Outcome,
        note: (Outcome) -> Void
    ) async {
        let threads = BlockingThreads(name: "simulation", threads: count)
        await withTaskGroup(of: [Outcome].self) { group in
            let share = (inputs.count + count - 1) / count
            for thread in 0..<count where thread * share < inputs.count {
                let mine = inputs[thread * share..<min(inputs.count, (thread + 1) * share)]
                group.addTask(executorPreference: threads) {
                    var outcomes: [Outcome] = []
                    for (number, input) in mine.enumerated() {
                        let executor = SeededExecutor(seed: UInt64(number))
                        outcomes.append(await executor.run { await play(thread, input) })
                    }
                    return outcomes
                }
            }
            for await outcomes in group { outcomes.forEach(note) }
        }
        threads.shutDown()
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
