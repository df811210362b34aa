internal import Model

/// Positions in the epochs of some logs, joined where they meet.
///
/// A value without input or output. Memory: sixteen bytes for each stretch without a hole.
struct LogRanges: Sendable {
    private struct Epoch: Hashable {
        let stream: StreamName
        let number: UInt32
    }

    /// Ascending, apart from each other.
    private var ranges: [Epoch: [Range<UInt64>]] = [:]

    /// Adds some, in any order; those in ascending order cost the least.
    mutating func add(_ stream: StreamName, _ epoch: UInt32, _ range: Range<UInt64>) {
        guard !range.isEmpty else { return }
        ranges[Epoch(stream: stream, number: epoch), default: []].join(range)
    }

    /// Adds those stretches that nothing needs any more; what another piece holds is not given up.
    mutating func add(_ stretches: [LogStretch]) {
        for stretch in stretches where stretch.by == nil {
            add(stretch.stream, stretch.epoch, stretch.positions)
        }
    }

    /// Adds all of another.
    mutating func add(_ other: LogRanges) {
        for (epoch, ranges) in other.ranges {
            for range in ranges { add(epoch.stream, epoch.number, range) }
        }
    }

    /// What of some positions is not among them, ascending.
    func rest(
        of wanted: [Range<UInt64>],
        _ stream: StreamName,
        _ epoch: UInt32
    ) -> [Range<UInt64>] {
        let all = ranges[Epoch(stream: stream, number: epoch)] ?? []
        return wanted.flatMap { all.rest(of: $0) }
    }
}

extension [Range<UInt64>] {
    /// Joins one more to ranges that are ascending and apart from each other.
    fileprivate mutating func join(_ range: Range<UInt64>) {
        let first = indices.first(from: { self[$0].upperBound >= range.lowerBound })
        let end = indices.first(from: { self[$0].lowerBound > range.upperBound })
        var joined = range
        if first < end {
            joined =
                Swift.min(
                    self[first].lowerBound,
                    range.lowerBound
                )..<Swift.max(self[end - 1].upperBound, range.upperBound)
        }
        replaceSubrange(first..<end, with: [joined])
    }

    fileprivate func rest(of range: Range<UInt64>) -> [Range<UInt64>] {
        var rest: [Range<UInt64>] = []
        var position = range.lowerBound
        let first = indices.first(from: { self[$0].upperBound > position })
        for next in self[first...] {
            guard next.lowerBound < range.upperBound else { break }
            if next.lowerBound > position { rest.append(position..<next.lowerBound) }
            position = next.upperBound
        }
        if position < range.upperBound { rest.append(position..<range.upperBound) }
        return rest
    }
}
