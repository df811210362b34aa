package import Model
package import PostgresWire

/// Makes maps of what the log changed while it is received, and keeps them in a ``MapFolder``.
///
/// ```
///        cannot be read, or the map not be kept
/// reading ──────────────────────────────────▶ idle
///    ▲    at the beginning of the next segment  │
///    └──────────────────────────────────────────┘
/// ```
/// It goes on where the newest map ends, at a record that must link to the last one that was read. Without such a map it
/// begins anew with a segment, and forgets whatever was said of that place: no two readings are ever joined. Where the
/// server writes another log over the same positions, it forgets all that it knows of the timeline: nobody can tell from
/// where on that is another one.
package final class LogMapper {
    private let folder: MapFolder
    private let version: WALVersion
    private let segmentSize: SegmentSize
    private let systemIdentifier: UInt64
    private var timeline: UInt32 = 0
    private var builder: BlockMapBuilder
    private var isReading = false
    /// The position that the builder reads next.
    private var position = LSN(0)
    /// The segment whose file is written next.
    private var segment: UInt64 = 0
    private var present: BlockMap?
    /// How far the builder had read when the file was written.
    private var written: LSN?
    /// The last record of the reading that this one goes on with; nil when there is none.
    private var link: LSN?
    /// How far the server's log reached in the beginning.
    private var flushed = LSN(0)
    /// Every record that begins before it is in a map that is kept; nil when no such map is made.
    ///
    /// The server must keep what comes later, so that a record that was not read to its end can be read again.
    package private(set) var reach: LSN?

    /// Prepares; nil for a log of a version that is not known.
    package init?(
        _ folder: MapFolder,
        serverVersion: Int,
        segmentSize: SegmentSize,
        systemIdentifier: UInt64
    ) {
        guard let version = WALVersion(server: serverVersion) else { return nil }
        self.folder = folder
        self.version = version
        self.segmentSize = segmentSize
        self.systemIdentifier = systemIdentifier
        builder = BlockMapBuilder(
            at: LSN(0),
            timeline: 0,
            version: version,
            segmentSize: segmentSize,
            systemIdentifier: systemIdentifier
        )
    }

    /// Begins with a timeline whose log is needed from `start` on.
    ///
    /// - Parameters:
    ///   - timeline: the timeline.
    ///   - start: where receiving must begin at the latest.
    ///   - retained: the server keeps the segment that holds this position, and what follows.
    ///   - flushed: how far its log reaches: one that ends before what was read of it went back, and writes another log.
    /// - Returns: where it should begin.
    package func begin(timeline: UInt32, at start: LSN, retained: LSN, flushed: LSN) -> LSN {
        self.timeline = timeline
        self.flushed = flushed
        let newest = folder.newest(timeline: timeline)
        if let map = newest?.sheet.map, map.leastLog(segmentSize) > flushed {
            folder.forget(timeline: timeline, from: LSN(0))
        } else if let (name, sheet) = newest, let last = sheet.lastRecord,
            number(sheet.map.end) >= number(min(start, retained))
        {
            let end = sheet.map.end
            let isClosed = sheet.map.readEnd.value >= (name.segment + 1) * segmentSize.bytes
            segment = isClosed ? name.segment + 1 : name.segment
            present = isClosed ? nil : sheet.map
            read(from: end, previous: last)
            return min(start, end)
        }
        beginAnew(with: number(start))
        return min(start, position)
    }

    /// Takes received bytes; those that the builder does not need are passed over.
    package func read(_ bytes: [UInt8], at start: LSN) {
        var rest = bytes[...]
        var place = start
        while !rest.isEmpty {
            let end = (segment + 1) * segmentSize.bytes
            let room = place.value < end ? end - place.value : UInt64(rest.count)
            let count = Int(min(room, UInt64(rest.count)))
            if isReading { feed(rest.prefix(count), at: place) }
            rest = rest.dropFirst(count)
            place = place + UInt64(count)
            if place.value == end { endSegment() }
        }
    }

    /// Brings what was read into the file of the present segment.
    package func cut() {
        guard isReading, position != written else { return }
        written = position
        let map = builder.cut()
        if present == nil {
            present = map
        } else {
            present?.formUnion(map)
            present?.extend(to: map.end, read: map.readEnd)
        }
        guard let present else { return }
        do throws(Fault) {
            try folder.store(
                MapFolder.Sheet(map: present, lastRecord: builder.lastRecord),
                as: MapFolder.Name(timeline: timeline, segment: segment)
            )
            reach = present.end
        } catch {
            // The log matters more than the map: the next backup reads everything.
            rest()
        }
    }

    /// Whether everything before a position was read and is in a map that is kept, or no such map is made.
    ///
    /// A record that is not whole there is in none; it is read to its end when there is more. What another reading says
    /// counts once a record has followed it, or the server had no more.
    package func hasRead(_ target: LSN) -> Bool {
        guard isReading, let reach else { return true }
        guard isLinked || position >= flushed else { return false }
        return reach >= target || position >= target && written == position
    }

    /// Whether a record was read that follows the last one of the reading before, or there was none.
    private var isLinked: Bool { link == nil || builder.lastRecord != link }

    private func feed(_ bytes: ArraySlice<UInt8>, at place: LSN) {
        guard place + UInt64(bytes.count) > position else { return }
        let part = bytes.dropFirst(place < position ? Int(position - place) : 0)
        if unsafe builder.read(part.span.bytes, at: max(place, position)) != nil {
            if !isLinked { folder.forget(timeline: timeline, from: LSN(0)) }
            return rest()
        }
        position = max(place, position) + UInt64(part.count)
    }

    private func endSegment() {
        cut()
        segment += 1
        present = nil
        if !isReading { beginAnew(with: segment) }
    }

    private func beginAnew(with segment: UInt64) {
        self.segment = segment
        present = nil
        let start = LSN(segment * segmentSize.bytes)
        folder.forget(timeline: timeline, from: start)
        read(from: start, previous: nil)
    }

    private func read(from start: LSN, previous: LSN?) {
        builder = BlockMapBuilder(
            at: start,
            timeline: timeline,
            version: version,
            segmentSize: segmentSize,
            systemIdentifier: systemIdentifier,
            previous: previous
        )
        link = previous
        position = start
        written = nil
        reach = start
        isReading = true
    }

    private func rest() {
        isReading = false
        present = nil
        reach = nil
    }

    private func number(_ position: LSN) -> UInt64 { position.value / segmentSize.bytes }
}
