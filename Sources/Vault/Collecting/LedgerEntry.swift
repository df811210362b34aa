internal import Model

/// What a document under `ledger/` says: what a collector saw, or what it did.
public struct LedgerEntry: Sendable, Codable, Hashable {
    /// How many snapshots one document lists.
    static let largestList = 4_000

    /// The snapshots of one stream.
    struct Heads: Sendable, Codable, Hashable {
        let stream: StreamName
        /// `<seq>-<hash16>` of each.
        var names: [String]
    }

    /// What a sweep did.
    public struct Swept: Sendable, Codable, Hashable {
        /// The documents under `gc/` that it carried out.
        public package(set) var tombstones: [String] = []
        /// Those of them that are carried out again, since the store does not let go yet what they name; nil for none.
        public package(set) var unfinished: [String]?
        /// The snapshots that it deleted, by name.
        public package(set) var forgotten: [String] = []
        /// Snapshots that earlier sweeps deleted and that one which is there follows, by name: they explain its hole.
        public package(set) var earlier: [String] = []
        /// How many packs it deleted.
        public package(set) var packs = 0
        /// How many pieces of log it deleted.
        public package(set) var log = 0
        /// The stretches of log that nothing needed, this and earlier sweeps' together: copies do not bring them back.
        public package(set) var past: [LogStretch] = []
        /// How many bytes that freed.
        public package(set) var bytes: Int64 = 0
        /// What was marked and stays because it is needed now, by name; the first ``largestExcuse``.
        public package(set) var spared: [String] = []
        /// How many those are in all.
        public package(set) var sparedCount = 0
        /// What was marked and stays because the store does not let it go yet, by name; the first ``largestExcuse``.
        public package(set) var locked: [String] = []
        /// How many those are in all.
        public package(set) var lockedCount = 0

        /// Every snapshot that it knows to be given up, by name.
        var given: [String] { forgotten + earlier }

        /// How many names of what stays are written down.
        static let largestExcuse = 500

        /// Nothing.
        package init() {}

        mutating func spare(_ name: String) {
            sparedCount += 1
            if spared.count < Self.largestExcuse { spared.append(name) }
        }

        mutating func leaveLocked(_ name: String) {
            lockedCount += 1
            if locked.count < Self.largestExcuse { locked.append(name) }
        }
    }

    /// One run's documents share it.
    let run: String
    /// Which of the ``parts`` of an inventory this is, from 1; zero in a report.
    var part = 0
    /// How many documents the inventory of the run has.
    var parts = 0
    /// Every snapshot object that a listing showed.
    var heads: [Heads] = []
    /// Those of them that are not where they should be in their stream, by name.
    var doubted: [String] = []
    /// What a sweep did; nil in an inventory.
    public package(set) var swept: Swept?

    init(run: String) { self.run = run }

    /// The documents of a report.
    package static func report(_ swept: Swept) -> [LedgerEntry] {
        var entry = LedgerEntry(run: newRun())
        entry.swept = swept
        entry.swept?.forgotten = Array(swept.forgotten.prefix(largestList))
        let room = largestList - swept.forgotten.prefix(largestList).count
        entry.swept?.earlier = Array(swept.earlier.prefix(room))
        var entries = [entry]
        let rest =
            Array(swept.forgotten.dropFirst(largestList)) + Array(swept.earlier.dropFirst(room))
        for start in stride(from: 0, to: rest.count, by: largestList) {
            var more = LedgerEntry(run: entry.run)
            more.swept = Swept()
            more.swept?.earlier = Array(rest[start..<min(start + largestList, rest.count)])
            entries.append(more)
        }
        return entries
    }

    private static func newRun() -> String {
        Hexadecimal.encode((0..<8).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// The documents of an inventory.
    static func inventory(_ heads: [SnapshotID], doubted: [SnapshotID]) -> [LedgerEntry] {
        let run = newRun()
        let names = heads.sorted()
        let doubted = Set(doubted)
        let starts = Array(stride(from: 0, to: max(names.count, 1), by: largestList))
        return starts.enumerated().map { index, start in
            var entry = LedgerEntry(run: run)
            entry.part = index + 1
            entry.parts = starts.count
            for id in names[start..<min(start + largestList, names.count)] {
                if entry.heads.last?.stream != id.stream {
                    entry.heads.append(Heads(stream: id.stream, names: []))
                }
                entry.heads[entry.heads.count - 1].names.append(id.label)
                if doubted.contains(id) { entry.doubted.append(id.description) }
            }
            return entry
        }
    }

    /// The names of the snapshots.
    var headNames: [String] {
        heads.flatMap { heads in heads.names.map { "snapshots/\(heads.stream)/\($0)" } }
    }
}
