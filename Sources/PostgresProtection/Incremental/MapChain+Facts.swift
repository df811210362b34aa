package import Model
package import PostgresWire

extension MapChain.Point {
    /// Where a base backup began, as its snapshot's facts tell it; nil when they do not.
    package init?(facts: [String: String]) {
        guard let system = facts["system_id"].flatMap({ UInt64($0) }),
            let timeline = facts["timeline"].flatMap({ UInt32($0) }),
            let position = facts["start_lsn"].flatMap({ LSN($0) }),
            let checksums = facts["checksums"], ["on", "off"].contains(checksums)
        else { return nil }
        self.init(
            systemIdentifier: system,
            timeline: timeline,
            position: position,
            hasDataChecksums: checksums == "on"
        )
    }
}

extension MapChain {
    /// The way of the log from the snapshot before to a backup that has begun.
    ///
    /// - Parameters:
    ///   - now: where this backup began.
    ///   - before: the snapshot before; nil when there is none.
    ///   - hasPages: whether its page ids are at hand.
    ///   - fullBefore: everything is read when the last full reading was before this.
    ///   - history: the history of this backup's timeline.
    /// - Throws: why there is none, and everything must be read.
    package init(
        to now: Point,
        from before: PriorSnapshot?,
        hasPages: Bool,
        fullBefore: Instant,
        history: TimelineHistory
    ) throws(ReadingFallback) {
        guard let before else { throw .first }
        guard before.damagedPages == 0 else { throw .damagedBefore }
        guard let point = Point(facts: before.facts), let whole = before.readWhole,
            let stop = before.facts["stop_lsn"].flatMap({ LSN($0) })
        else { throw .unknownStart }
        guard whole >= fullBefore else { throw .due(since: whole) }
        guard hasPages else { throw .noPages }
        do throws(Refusal) {
            try self.init(from: point, to: now, history: history)
        } catch { throw .refused(error) }
        // Its pages may hold all that was logged up to its end: what this backup's log lacks, replay would not take back.
        guard stop <= legs[0].to else { throw .endsLater(legs[0].to) }
    }

    /// The maps along the way as one.
    ///
    /// - Throws: why they are none.
    package func joined(_ maps: [BlockMap]) throws(ReadingFallback) -> BlockMap {
        do throws(Refusal) {
            return try join(maps)
        } catch { throw .refused(error) }
    }
}
