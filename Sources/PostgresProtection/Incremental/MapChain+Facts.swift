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

extension ReadingPlan {
    /// Decides what is read, from what is known when a backup has begun.
    ///
    /// - Parameters:
    ///   - now: where this backup began.
    ///   - before: the snapshot before: its facts, its damaged pages, its time; nil when there is none.
    ///   - hasPages: whether the page ids of the snapshot before are at hand.
    ///   - fullBefore: everything is read when the last full reading (`read_whole_at`, in nanoseconds) was before this.
    ///   - history: the history of this backup's timeline.
    ///   - maps: maps of the log between the two; others do no harm.
    package init(
        now: MapChain.Point,
        before: (facts: [String: String], damagedPages: Int, time: Instant)?,
        hasPages: Bool,
        fullBefore: Instant,
        history: TimelineHistory,
        maps: [BlockMap]
    ) {
        guard let before else {
            self = .everything(.first)
            return
        }
        guard before.damagedPages == 0 else {
            self = .everything(.damagedBefore)
            return
        }
        guard let point = MapChain.Point(facts: before.facts),
            let whole = before.facts["read_whole_at"].flatMap({ Int64($0) })
        else {
            self = .everything(.unknownStart)
            return
        }
        let read = Instant(nanoseconds: whole)
        guard read >= fullBefore else {
            self = .everything(.due(since: read))
            return
        }
        guard hasPages else {
            self = .everything(.noPages)
            return
        }
        do throws(MapChain.Refusal) {
            let chain = try MapChain(from: point, to: now, history: history)
            self = .changes(try chain.join(maps), since: before.time)
        } catch {
            self = .everything(.refused(error))
        }
    }
}
