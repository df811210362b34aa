internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// What a plan will do, in words.
struct PlannedSteps {
    let chosen: TimelineChoice.Candidate
    let aim: RecoveryPlanner.Aim
    let request: RestoreRequest
    let end: LSN
    let destination: FilePath
    /// The timelines that have lived through the target.
    let owners: [UInt32]
    let notBefore: Instant?
    /// What a person must know of log that is there and was not chosen, each a line.
    let beyond: [String]
    /// Where the programs of the server come from that recovers; nil for this host, or when none does.
    let origin: String?

    /// A line for each step.
    var lines: [String] {
        let base = chosen.base
        let size = ByteCount(base.snapshot.head.sizes.source)
        let log = ByteCount(Int64(clamping: end - base.start))
        var lines = [
            "base backup of \(base.consistent) (PostgreSQL \(base.major), \(size)) to \(destination)",
            "log from \(base.start) to \(end), \(log), laid out beside it, timeline \(timelines)",
        ]
        lines += request.tablespaces.sorted { $0.key < $1.key }.map {
            "the tablespace that was made at \($0.key) to \($0.value.displayed)"
        }
        lines.append(replay)
        if let origin { lines.append("the server that does it is that of \(origin)") }
        if chosen.reach.heartbeat == nil, case .time = aim.stop {
            lines.append(
                "no heartbeat is in the log: the server refuses to end recovery unless a transaction follows the target"
            )
        }
        if let window = chosen.reach.window(of: base) {
            lines.append("this base reaches \(window)")
        }
        if let damage = base.damage { lines.append("careful: \(damage)") }
        lines += beyond
        let others = owners.filter { $0 != chosen.reach.path.last }
        if request.timeline == nil, aim.landmark == nil {
            lines += others.map { "timeline \($0) has that point too: --timeline \($0)" }
        }
        if let notBefore, aim.landmark == nil, aim.position != nil {
            lines.append("that position was reached at \(notBefore) or later")
        }
        return lines
    }

    /// Where replay stops.
    private var replay: String {
        let until = request.isExclusive ? "just before" : "to"
        if let landmark = aim.landmark {
            let place = "at \(landmark.time.rfc3339(digits: 6)), position \(landmark.position)"
            switch landmark.kind {
            case .transaction(let number, isCommit: let isCommit):
                let end = isCommit ? "commit" : "abort"
                return "replay \(until) the \(end) of transaction \(number) \(place)"
            case .restorePoint(let name): return "replay \(until) mark '\(name)' \(place)"
            }
        }
        switch aim.stop {
        case .end: return "replay to the end of the log"
        case .time(let moment):
            let text = moment.rfc3339(digits: 6)
            return request.isExclusive
                ? "replay every transaction before \(text)"
                : "replay every transaction up to \(text)"
        case .position(let position): return "replay \(until) \(position)"
        case .consistent: return "replay until it is consistent"
        }
    }

    /// `1`, or the way to it: `3, from 1 over 2`.
    private var timelines: String {
        let path = chosen.reach.path.stretches.map { String($0.timeline) }
        guard path.count > 1, let last = path.last, let first = path.first else {
            return path.joined()
        }
        let between = path.dropFirst().dropLast()
        let over = between.isEmpty ? "" : " over \(between.joined(separator: ", "))"
        return "\(last), from \(first)\(over)"
    }
}
