/// One order in which tasks take their steps, and the orders that branch off from it.
///
/// An order begins with given choices and goes on with the first that is possible. Each other choice that was possible
/// beyond the given ones begins another order; so whoever follows every branch sees every order, each once.
public struct StepOrder: Sendable {
    /// Which orders need not be seen, since others are as good.
    public struct Sameness: Sendable {
        /// Groups of seats whose tasks are alike: they take their first steps in the order of their seats.
        public var twins: [[Int]] = []
        /// Seats whose steps do not concern each other: of two that follow each other the lower comes first.
        public var strangers: Set<Int> = []

        /// None.
        public init() {}
    }

    /// The choices so far.
    public private(set) var taken: [Int] = []
    /// How the orders begin that branch off.
    public private(set) var branches: [[Int]] = []
    private let given: [Int]
    private let sameness: Sameness

    /// Begins an order.
    public init(_ given: [Int], _ sameness: Sameness) {
        self.given = given
        self.sameness = sameness
    }

    /// Chooses among the seats that can go on, which are in ascending order and at least one.
    public mutating func choose(_ ready: [Int]) -> Int {
        var choice = ready[0]
        if taken.count < given.count {
            choice = given[taken.count]
        } else {
            let worthwhile = ready.filter { isWorthwhile($0, ready) }
            choice = worthwhile.first ?? choice
            branches += worthwhile.dropFirst().map { taken + [$0] }
        }
        taken.append(choice)
        return choice
    }

    private func isWorthwhile(_ seat: Int, _ ready: [Int]) -> Bool {
        let twins = sameness.twins.first { $0.contains(seat) } ?? []
        if !taken.contains(seat), twins.contains(where: { $0 < seat && !taken.contains($0) }) {
            return false
        }
        let strangers = sameness.strangers
        guard strangers.contains(seat) else { return true }
        if let last = taken.last, strangers.contains(last), seat < last { return false }
        // Nobody would come between this one and a lower one.
        return !strangers.isSuperset(of: ready) || seat == ready[0]
    }
}
