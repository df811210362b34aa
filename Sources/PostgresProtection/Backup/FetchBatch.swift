package import PostgresWire

/// A bounded piece of work in the order of the listing: files that begin, ranges to read or to keep, files that end.
package struct FetchBatch: Sendable {
    /// One step of it.
    package enum Step: Sendable {
        case begin(ListedFile)
        case read(FileRange)
        /// Pages that are as the snapshot before holds them.
        case keep(FileRange)
        case end
    }

    /// The steps.
    package private(set) var steps: [Step] = []
    /// How many bytes its ranges have.
    package private(set) var bytes = 0
    /// The ranges, in order.
    package private(set) var ranges: [FileRange] = []

    /// Begins without steps.
    package init() {}

    /// Adds a step.
    package mutating func add(_ step: Step) {
        steps.append(step)
        if case .read(let range) = step {
            ranges.append(range)
            bytes += range.length
        }
    }
}
