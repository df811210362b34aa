internal import Model
package import PostgresWire
package import Protection
internal import Vault

/// Where receiving begins.
package struct LogStart {
    /// The timeline that is received first.
    let timeline: UInt32
    /// The first position.
    let position: LSN
    /// What is missing before it, in words; nil when nothing is.
    let gap: String?
    /// Where the vault's log would go on, when that lies before what the slot keeps; the server may still have it all the same.
    let wanted: LogPlace?
    /// The server's timeline with those that it came from.
    private let line: TimelineHistory

    /// Goes on where the vault's log of the server's own line of timelines ends, as far as the server still keeps it.
    ///
    /// A timeline that the server does not come from, such as one that a restore has left behind, is none of its line; one that it
    /// left is received up to there, and the next one from the segment that holds the switch.
    ///
    /// `line`: the server's timeline with those that it came from.
    ///
    /// `end`: how far the server's log is flushed.
    ///
    /// `slotPosition`: from where on the server keeps its log.
    init(
        reader: LogReader,
        line: TimelineHistory,
        end: LSN,
        slotPosition: LSN?,
        segmentSize: SegmentSize
    ) {
        let segment = { (position: LSN) in
            LSN(position.value / segmentSize.bytes * segmentSize.bytes)
        }
        let floor = segment(slotPosition ?? end)
        let order = line.ancestors.map(\.timeline) + [line.timeline]
        let known = order.compactMap { timeline in
            reader.coverage(epoch: timeline).ranges.last.map { (timeline, LSN($0.upperBound)) }
        }.last
        guard let (timeline, reach) = known else {
            self.init(line, line.timeline, floor, gap: nil)
            return
        }
        let limit = line.switchPoint(of: timeline)
        if limit == nil, reach > end {
            self.init(line, timeline, floor, gap: nil)
            return
        }
        var next = (timeline: timeline, position: reach)
        if let limit, reach >= limit {
            next = (order.first { $0 > timeline } ?? timeline, segment(limit))
        }
        guard next.position < floor else {
            self.init(line, next.timeline, next.position, gap: nil)
            return
        }
        self.init(
            line,
            order.first { $0 >= next.timeline && floor <= line.switchPoint(of: $0) ?? floor }
                ?? line.timeline,
            floor,
            wanted: LogPlace(next.timeline, next.position),
            gap:
                "the log from \(next.position) to \(floor) is missing: the server no longer kept it;"
                + " only a base backup from behind it makes later times restorable"
        )
    }

    /// Whether a log that leads to a place goes on with what is received from here.
    package func goesOn(from place: LogPlace) -> Bool {
        guard gap == nil else { return false }
        if place.timeline == timeline { return place.position >= position }
        let isOfLine =
            place.timeline == line.timeline || line.switchPoint(of: place.timeline) != nil
        if place.timeline > timeline { return isOfLine }
        guard let left = line.switchPoint(of: place.timeline) else { return false }
        // The timeline after it is received from the segment on in which it began.
        let next = line.ancestors.map(\.timeline).first { $0 > place.timeline }
        return place.position >= left && position <= left && next ?? line.timeline == timeline
    }

    /// Goes on at a place before what the slot keeps, which the server still has.
    package init(at place: LogPlace, line: TimelineHistory) {
        self.init(line, place.timeline, place.position, gap: nil)
    }

    private init(
        _ line: TimelineHistory,
        _ timeline: UInt32,
        _ position: LSN,
        wanted: LogPlace? = nil,
        gap: String?
    ) {
        self.line = line
        self.timeline = timeline
        self.position = position
        self.wanted = wanted
        self.gap = gap
    }
}
