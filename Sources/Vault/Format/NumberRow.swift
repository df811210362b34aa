package import Model

/// The numbers of a stream, or of a folder of documents, that follow one another as a writer's do.
///
/// A writer takes the number after the highest. Who holds a key can sign any number, and one that leaves no room above it
/// would be the newest for ever. So a number counts only when it lies at most a million above one that counts, whoever
/// signed it. The row begins at the lowest number; where not even that leaves room, nothing counts.
package struct NumberRow: Sendable, Equatable {
    /// How far a number may lie above the one before it.
    package static let largestJump: UInt64 = 1_000_000
    /// The highest number that a name has room for.
    package static let largest: UInt64 = 9_999_999_999
    /// Where no row begins any more.
    package static let latestStart = largest / 2

    /// The highest number that counts; zero when none does.
    package private(set) var end: UInt64 = 0

    /// A row that nothing was added to.
    package init() {}

    /// The row of some numbers, ordered, each of which a trusted key signed.
    package init(_ numbers: some Sequence<UInt64>) {
        for number in numbers where !add(number) { break }
    }

    private init(end: UInt64) { self.end = end }

    /// Every number.
    package static let all = NumberRow(end: largest)

    /// Adds a number that a trusted key signed and that is no lower than those before it; false when it does not count.
    package mutating func add(_ number: UInt64) -> Bool {
        guard number <= (end == 0 ? Self.latestStart : end + Self.largestJump) else { return false }
        end = number
        return true
    }

    /// What names alone, ordered, show of the row; nil when it takes a look at the signatures.
    ///
    /// Anybody can store a name. But while those that are connected span no more than one jump, it makes no difference which
    /// of them are signed, as long as one is.
    package init?(names numbers: [UInt64]) {
        guard let first = numbers.first else {
            end = 0
            return
        }
        let row = NumberRow(numbers)
        guard row.end >= first, row.end - first <= Self.largestJump else { return nil }
        end = row.end == numbers.last ? Self.largest : row.end
    }

    /// Whether a number belongs to it.
    package func contains(_ number: UInt64) -> Bool { number <= end }

    /// The number after the highest one that was used, be it by a damaged object; those far above the newest that is
    /// trusted do not count.
    ///
    /// - Throws: `E-NUMBERS-USED-UP` when no name has room for it.
    package static func next(
        after numbers: some Sequence<UInt64>,
        trusted: UInt64,
        in place: String
    ) throws(Fault) -> UInt64 {
        let limit = trusted + largestJump
        let highest = numbers.lazy.filter { $0 <= limit }.max() ?? 0
        let next = max(highest, trusted) + 1
        guard next <= largest else { throw .numbersUsedUp(in: place) }
        return next
    }
}
