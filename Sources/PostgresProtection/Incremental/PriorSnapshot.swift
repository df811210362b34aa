package import Model
internal import Vault

/// What a backup must know of the snapshot before.
package struct PriorSnapshot: Sendable {
    /// What it says of itself.
    package let facts: [String: String]
    /// How many of its pages are damaged.
    package let damagedPages: Int
    /// When it was begun.
    package let started: Instant
    /// The bytes that it protects.
    package let source: Int64

    /// The fact that tells when everything was read for the last time, in nanoseconds.
    static let wholeFact = "read_whole_at"

    /// Puts one together.
    package init(facts: [String: String], damagedPages: Int, started: Instant, source: Int64) {
        self.facts = facts
        self.damagedPages = damagedPages
        self.started = started
        self.source = source
    }

    /// A snapshot.
    init(_ snapshot: Snapshot) {
        self.init(
            facts: snapshot.head.facts,
            damagedPages: snapshot.head.problems,
            started: snapshot.head.started,
            source: snapshot.head.sizes.source
        )
    }

    /// When everything was read for the last time; nil when it does not say so.
    var readWhole: Instant? {
        facts[Self.wholeFact].flatMap { Int64($0) }.map { Instant(nanoseconds: $0) }
    }
}
