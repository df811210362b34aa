/// Finds what somebody probably meant.
public enum NearestName {
    /// The candidate that a mistyped name most resembles; nil when none comes close.
    ///
    /// Close means: at most one edit for every three characters, and never more than three.
    public static func suggestion(for name: String, among candidates: [String]) -> String? {
        let typed = Array(name.lowercased().utf8)
        guard (1...64).contains(typed.count) else { return nil }
        let limit = min(3, max(1, typed.count / 3))
        let scored = candidates.map { ($0, distance(typed, Array($0.utf8))) }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= limit else { return nil }
        return best.0
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lead from one text to the other
    /// (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var older = [Int](repeating: 0, count: right.count + 1)
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                let replaced = previous[column] + (byte == other ? 0 : 1)
                var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    best = min(best, older[column - 1] + 1)
                }
                current.append(best)
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
