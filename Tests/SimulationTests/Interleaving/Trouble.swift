import TestKit

/// What else goes wrong in a simulation.
struct Trouble: Sendable {
    /// For what is random in it.
    var seed: UInt64 = 0
    /// How many collectors of one host run at once.
    var collectors = 1
    /// How often each of them runs, a night apart.
    var runs = 2
    /// How often a backup or a copy is begun again whose machine died.
    var restarts = 0
    /// The most seconds that new objects are hidden from listings.
    var lag = 0
    /// How far the clock of writers is ahead of the store's.
    var writersAhead = Duration.zero
    /// How far the clock of collectors is ahead of the store's.
    var collectorAhead = Duration.zero

    /// None.
    init() {}

    /// What a seed says.
    init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        self.seed = seed
        collectors = Int.random(in: 0..<5, using: &random) == 0 ? 2 : 1
        // One takes the tombstones away that another one may still be carrying out.
        if collectors == 2 { runs = 3 }
        restarts = 1
        if Int.random(in: 0..<4, using: &random) == 0 {
            lag = Int.random(in: 1...3_000, using: &random)
        }
        let hours = [0, 0, 0, -1, 1, -26, 26, -9_000, 9_000]
        writersAhead = .seconds(3_500 * (hours.randomElement(using: &random) ?? 0))
        collectorAhead = .seconds(3_500 * (hours.randomElement(using: &random) ?? 0))
    }
}
