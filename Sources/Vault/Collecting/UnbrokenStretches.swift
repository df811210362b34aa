internal import Model

/// The unbroken stretches of the log of a stream, numbered in the order of their epochs and positions.
///
/// A value without input or output.
struct UnbrokenStretches {
    private var epochs: [UInt32: (first: Int, ranges: [Range<UInt64>])] = [:]

    /// Joins pieces, in any order.
    ///
    /// - Complexity: O(n log n).
    init(_ pieces: [LogPiece]) {
        var count = 0
        let groups = Dictionary(grouping: pieces, by: \.epoch)
        for (epoch, group) in groups.sorted(by: { $0.key < $1.key }) {
            let ranges = LogCoverage(group).ranges
            epochs[epoch] = (count, ranges)
            count += ranges.count
        }
    }

    /// The number of the stretch that a place lies in, or at an end of; nil when it lies in none.
    ///
    /// - Complexity: O(log n).
    func number(at place: LogNeed.Place) -> Int? {
        guard let (first, ranges) = epochs[place.epoch] else { return nil }
        let index = ranges.indices.first(from: { ranges[$0].upperBound >= place.position })
        guard index < ranges.count, ranges[index].lowerBound <= place.position else { return nil }
        return first + index
    }
}
