internal import Model
internal import SystemIO

/// How far a check has come in reading bytes since its last document.
struct Scrub {
    /// When the check began: what was stored later was not listed, and is not read.
    let started: Instant
    /// When the part that the next document speaks of began, on the clock that only moves forward.
    var began = BootClock.now()
    /// The names that were read.
    var covered: [NameRange] = []
    var objects = 0
    var bytes: Int64 = 0
    var damage: [CheckReport.Finding] = []
    /// Bytes of the whole run, for the budget.
    var spent: Int64 = 0

    /// Notes that some names have been read.
    mutating func cover(_ ranges: [NameRange]) {
        for range in ranges {
            if let last = covered.last, last.through == range.after, !range.after.isEmpty {
                covered[covered.count - 1] = NameRange(after: last.after, through: range.through)
            } else {
                covered.append(range)
            }
        }
    }
}
