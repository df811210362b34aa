/// The moments behind a place in a row: the latest of them before some bound is asked for at each place, one after the other.
///
/// A value without input or output. Memory: 32 bytes a moment.
struct LaterMoments {
    /// All of the row, the earliest first.
    private let sorted: [Instant]
    /// Where each of the row is among them.
    private let ranks: [Int]
    /// Behind how many of them the latest one is that is not passed, for the first so many; a link that leads to itself ends there.
    private var links: [Int]

    /// Takes a row, of which nothing is passed.
    ///
    /// - Complexity: O(n log n).
    init(_ row: [Instant]) {
        let order = row.indices.sorted { (row[$0], $0) < (row[$1], $1) }
        sorted = order.map { row[$0] }
        var ranks = [Int](repeating: 0, count: row.count)
        for (rank, place) in order.enumerated() { ranks[place] = rank }
        self.ranks = ranks
        links = Array(0...row.count)
    }

    /// Passes a place of the row.
    mutating func pass(_ place: Int) { links[ranks[place] + 1] = ranks[place] }

    /// The latest that is not passed, and before a bound where one is given; nil when there is none.
    ///
    /// - Complexity: O(log n), over many calls.
    mutating func latest(before bound: Instant? = nil) -> Instant? {
        var count = bound.map { end(before: $0) } ?? sorted.count
        while links[count] != count {
            links[count] = links[links[count]]
            count = links[count]
        }
        return count == 0 ? nil : sorted[count - 1]
    }

    /// How many of all are before a bound.
    private func end(before bound: Instant) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = low + (high - low) / 2
            if sorted[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
