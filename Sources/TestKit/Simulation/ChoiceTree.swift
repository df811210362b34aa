/// Walks through all choices of a run that makes them one after the other.
///
/// A run asks for each choice; at the end ``advance()`` goes on to the next sequence, depth first.
public struct ChoiceTree: Sendable {
    private var path: [(choice: Int, count: Int)] = []
    private var depth = 0

    /// Begins with the first choice everywhere.
    public init() {}

    /// The choices of the present run so far.
    public var choices: [Int] { path.map(\.choice) }

    /// The choice among `count` at this point of the run.
    public mutating func choose(_ count: Int) -> Int {
        defer { depth += 1 }
        if depth == path.count { path.append((0, count)) }
        return min(path[depth].choice, count - 1)
    }

    /// Goes on to the next run; false when there is none.
    public mutating func advance() -> Bool {
        path.removeLast(path.count - min(path.count, depth))
        depth = 0
        while let last = path.popLast() {
            guard last.choice + 1 < last.count else { continue }
            path.append((last.choice + 1, last.count))
            return true
        }
        return false
    }
}
