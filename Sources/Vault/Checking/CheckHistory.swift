public import Model

/// What the documents under `checks/` say together: what is known to be damaged, and what was verified when.
///
/// The newest word about an object counts. A value without input or output.
public struct CheckHistory: Sendable {
    /// More findings than these are not held one by one.
    static let largestList = 100_000

    private struct Key: Hashable {
        let object: String
        let depth: CheckDepth
    }

    /// Whether more findings hold than ``open`` lists.
    public private(set) var isOverfull = false
    /// Documents that were refused, one fault each.
    public internal(set) var refused: [Fault] = []
    /// When the newest document was written, by its author's clock; nil when there is none.
    public private(set) var newest: Instant?
    /// The number of the newest document.
    var number: UInt64 = 0
    private(set) var coverage = CheckCoverage()
    /// The last name that was verified; the next check goes on after it.
    ///
    /// Empty for the very beginning.
    private(set) var position = ""
    private var findings: [Key: CheckReport.Finding] = [:]
    private var isPositionKnown = false
    private var newestOpen = 0
    private var hasEnded = false
    private var hasEndedDeep = false

    /// Nothing is known.
    public init() {}

    /// The findings that hold, by object.
    public var open: [CheckReport.Finding] {
        findings.values.sorted { ($0.object, $0.depth) < ($1.object, $1.depth) }
    }

    /// How many findings hold.
    var openCount: Int { findings.count }

    /// Whether every byte was verified at some time, and since when the oldest is.
    public var wholeSince: Instant? { coverage.isWhole ? coverage.oldest : nil }

    /// Since when an object's bytes are verified; nil when they never were, or when it was stored later.
    public func since(_ name: String, stored: Instant) -> Instant? {
        guard let since = coverage.since(of: name), stored <= since else { return nil }
        return since
    }

    /// Whether every finding that holds has been read.
    var isComplete: Bool { newest != nil && findings.count >= newestOpen }

    /// Adds a document that is older than all before it, or as old.
    mutating func add(older document: VaultDocument<CheckRecord>) {
        let record = document.content
        if newest == nil {
            newest = document.time
            number = document.number
        }
        // Of several documents with one number each knows what the others do not.
        if document.number == number { newestOpen = max(newestOpen, record.open) }
        for finding in record.damage where !isSuperseded(finding) { keep(finding) }
        if let last = record.covered.last, !isPositionKnown {
            position = last.through
            isPositionKnown = true
        }
        for range in record.covered { coverage.fill(range, since: record.started) }
        hasEnded = hasEnded || record.ended
        hasEndedDeep = hasEndedDeep || (record.ended && record.depth == .deep)
    }

    /// Adds a document that is newer than all before it.
    mutating func add(newer record: CheckRecord, number: UInt64, at time: Instant) {
        newest = time
        self.number = number
        findings = findings.filter { !record.looked(at: $0.value) }
        for finding in record.damage { keep(finding) }
        newestOpen = findings.count
        if let last = record.covered.last {
            position = last.through
            isPositionKnown = true
        }
        for range in record.covered { coverage.replace(range, since: record.started) }
        hasEnded = hasEnded || record.ended
        hasEndedDeep = hasEndedDeep || (record.ended && record.depth == .deep)
    }

    private func isSuperseded(_ finding: CheckReport.Finding) -> Bool {
        switch finding.depth {
        case .listing: hasEnded
        case .hashes: coverage.since(of: finding.object) != nil
        case .deep: hasEndedDeep
        }
    }

    private mutating func keep(_ finding: CheckReport.Finding) {
        let key = Key(object: finding.object, depth: finding.depth)
        guard findings.count < Self.largestList || findings[key] != nil else {
            isOverfull = true
            return
        }
        if findings[key] == nil { findings[key] = finding }
    }
}
