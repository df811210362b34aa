internal import Model
internal import PostgresWire

/// Which timeline a recovery follows at which positions: from a base's timeline to the one it ends on.
struct TimelinePath: Equatable {
    /// A stretch on one timeline.
    struct Stretch: Equatable {
        let timeline: UInt32
        let from: LSN
        /// Where the next timeline takes over; nil on the last one.
        let to: LSN?
    }

    let stretches: [Stretch]

    /// The path to a timeline; nil when the timeline does not descend from the base.
    init?(from base: UInt32, at start: LSN, to history: TimelineHistory) {
        guard history.descends(from: base, at: start) else { return nil }
        var stretches: [Stretch] = []
        var from = start
        var isOnPath = false
        for ancestor in history.ancestors {
            if ancestor.timeline == base { isOnPath = true }
            guard isOnPath else { continue }
            stretches.append(Stretch(timeline: ancestor.timeline, from: from, to: ancestor.switchPoint))
            from = ancestor.switchPoint
        }
        stretches.append(Stretch(timeline: history.timeline, from: from, to: nil))
        self.stretches = stretches
    }

    /// The timeline that the path ends on.
    var last: UInt32 { stretches.last?.timeline ?? 0 }
}
