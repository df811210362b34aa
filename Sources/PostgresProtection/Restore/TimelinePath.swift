package import Model
package import PostgresWire
internal import Protection

/// Which timeline a recovery follows at which positions: from a base's timeline to the one it ends on.
package struct TimelinePath: Equatable {
    /// A stretch on one timeline.
    package struct Stretch: Equatable {
        package let timeline: UInt32
        package let from: LSN
        /// Where the next timeline takes over; nil on the last one.
        package let to: LSN?
    }

    package let stretches: [Stretch]

    /// The path to a timeline; nil when the timeline does not descend from the base.
    package init?(from base: UInt32, at start: LSN, to history: TimelineHistory) {
        guard history.descends(from: base, at: start) else { return nil }
        var stretches: [Stretch] = []
        var from = start
        var isOnPath = false
        for ancestor in history.ancestors {
            if ancestor.timeline == base { isOnPath = true }
            guard isOnPath else { continue }
            stretches.append(
                Stretch(timeline: ancestor.timeline, from: from, to: ancestor.switchPoint)
            )
            from = ancestor.switchPoint
        }
        stretches.append(Stretch(timeline: history.timeline, from: from, to: nil))
        self.stretches = stretches
    }

    /// Reads what ``text`` gives; nil when it is anything else.
    ///
    /// The last stretch has no end then.
    package init?(text: String) {
        var stretches: [Stretch] = []
        let lines = text.split(whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let words = line.split { $0 == " " }
            guard words.count == 3, let timeline = UInt32(words[0]), let from = LSN(words[1]),
                let to = LSN(words[2])
            else { return nil }
            stretches.append(
                Stretch(timeline: timeline, from: from, to: number + 1 < lines.count ? to : nil)
            )
        }
        guard !stretches.isEmpty else { return nil }
        self.stretches = stretches
    }

    /// A line a stretch: timeline, first position, and where it ends, which for the last is `end`.
    package func text(end: LSN) -> String {
        stretches.map { "\($0.timeline) \($0.from) \($0.to ?? end)" }.joined(separator: "\n")
    }

    /// The path that a plan of this component names, and where its log ends.
    static func planned(_ plan: RestorePlan) -> (TimelinePath, LSN) {
        guard let end = LSN(plan.facts["end"] ?? ""),
            let path = TimelinePath(text: plan.facts["path"] ?? "")
        else { preconditionFailure("the plan was made by this component") }
        return (path, end)
    }

    /// The timeline that the path ends on.
    var last: UInt32 { stretches.last?.timeline ?? 0 }

    /// The timeline whose log is replayed at a position.
    package func timeline(at position: LSN) -> UInt32 {
        stretches.last { $0.from <= position }?.timeline ?? last
    }
}
