import FoundationEssentials

/// How much is simulated: a little by `make test`, everything by `make soak`.
enum Effort {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether the orders are played that take minutes.
    static let isFull = environment["LIFEBOAT_ORDERS"] == "all"

    /// The seeds of random simulations.
    static let seeds: Range<UInt64> = {
        let first = UInt64(environment["LIFEBOAT_FIRST_SEED"] ?? "") ?? 0
        return first..<first + (UInt64(environment["LIFEBOAT_SEEDS"] ?? "") ?? 300)
    }()
}
