internal import Vault
internal import Model

/// Chooses the base and the timeline for a target.
///
/// After a restore or a failover a moment may lie on two timelines: on the one that the server follows since, and on the one that
/// it left. What the newest timeline has lived through itself is the server's history; before its beginning that of its
/// parent is. So a moment, or a position, between a restore's target and the end of what it left behind leads to what was left.
struct TimelineChoice {
    /// A base with its log on one timeline.
    struct Candidate {
        let base: BaseRecord
        let reach: LogReach
    }

    let stop: ReplayStop
    /// The timeline that was asked for; nil for the one that the target lies on.
    let timeline: UInt32?

    /// The best of some candidates, of which those with newer bases come first; nil when none reaches the target.
    func best(of candidates: [Candidate]) -> Candidate? {
        let able = candidates.filter {
            (timeline == nil || $0.reach.path.last == timeline) && reaches($0)
        }
        // A base with damaged pages only where no other leads to the same point.
        let whole =
            able.filter { $0.base.snapshot.head.problems == 0 }
            + able.filter { $0.base.snapshot.head.problems > 0 }
        switch stop {
        case .end:
            let until = able.map(\.reach.until).max()
            return whole.first { $0.reach.until == until }
        case .consistent: return able.first
        case .time, .position:
            let newest = able.filter { owns($0.reach) }.map(\.reach.path.last).max()
            // Between the promotion and the first sign of life of a timeline, the newest one that reaches there is meant.
            let last = newest ?? able.map(\.reach.path.last).max()
            return whole.first { $0.reach.path.last == last }
        }
    }

    /// The timelines that have lived through the target themselves, the newest first.
    func owners(among candidates: [Candidate]) -> [UInt32] {
        switch stop {
        case .end, .consistent: []
        case .time, .position:
            Set(candidates.filter { reaches($0) && owns($0.reach) }.map(\.reach.path.last))
                .sorted(by: >)
        }
    }

    /// Whether a base with its log leads to the target at all.
    private func reaches(_ candidate: Candidate) -> Bool {
        switch stop {
        case .end: true
        // The base's own timeline, and no other, is what it was taken of.
        case .consistent:
            timeline != nil || candidate.reach.path.last == candidate.base.timeline
        case .time(let moment):
            candidate.reach.window(of: candidate.base)?.contains(moment)
                ?? (candidate.base.consistent <= moment && moment <= candidate.reach.serverTime)
        case .position(let position):
            // A server stops at a record; at the end of the log none begins.
            candidate.base.stop <= position && position < candidate.reach.end
        }
    }

    /// Whether the target lies in what the last timeline has lived through itself.
    private func owns(_ reach: LogReach) -> Bool {
        switch stop {
        case .end, .consistent: true
        case .time(let moment): reach.begin.map { $0 <= moment } ?? true
        case .position(let position): reach.switchPoint.map { $0 <= position } ?? true
        }
    }
}
