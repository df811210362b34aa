internal import Model
internal import PostgresWire
internal import Sealing
internal import Vault

/// Looks in the log for the end of a transaction or a named restore point: where it is, nobody else knows.
///
/// What is newest is looked at first: the log behind the newest base backup, then what lies between that and the one before. Each
/// stretch is read once at most. Cost: reading the log back to what is looked for, all of it when it is not there.
struct LandmarkSearch {
    let log: LogReader
    let identities: [AgeIdentity]
    /// Bases with their log, the newest first.
    let candidates: [TimelineChoice.Candidate]
    /// The timeline that it must be on; nil for any.
    let timeline: UInt32?

    /// Something that was found.
    struct Finding {
        let landmark: WALLandmark
        let timeline: UInt32
    }

    /// What came of a search.
    struct Result {
        var finding: Finding?
        /// Restore points that were seen on the way, the newest first, ten at most.
        var names: [String] = []
    }

    /// Looks for the newest landmark of a kind.
    ///
    /// - Throws: what reading the log throws.
    func newest(_ isWanted: (WALLandmark.Kind) -> Bool) async throws(Fault) -> Result {
        var result = Result()
        var read: [UInt32: [Range<LSN>]] = [:]
        var rest = candidates[...]
        while let base = rest.first?.base {
            let own = rest.prefix { $0.base.snapshot.id == base.snapshot.id }
            rest = rest.dropFirst(own.count)
            for (timeline, range) in ranges(of: own) {
                for part in Self.parts(of: range, without: read[timeline] ?? []) {
                    read[timeline, default: []].append(part)
                    let seen = Seen()
                    let start = self.start(of: part, in: range, base)
                    try await look(base, timeline, from: start, upTo: part.upperBound) { landmark in
                        if isWanted(landmark.kind) { seen.last = landmark }
                        guard case .restorePoint(let name) = landmark.kind else { return }
                        seen.names = [name] + seen.names.filter { $0 != name }.prefix(9)
                    }
                    if let last = seen.last {
                        result.finding = Finding(landmark: last, timeline: timeline)
                        return result
                    }
                    let older = seen.names.filter { !result.names.contains($0) }
                    result.names = Array((result.names + older).prefix(10))
                }
            }
        }
        return result
    }

    /// What one base leads to on each timeline, the newest timeline first: one that was left goes on behind the switch.
    private func ranges(
        of candidates: ArraySlice<TimelineChoice.Candidate>
    ) -> [(timeline: UInt32, range: Range<LSN>)] {
        var ranges: [UInt32: Range<LSN>] = [:]
        for candidate in candidates {
            for stretch in candidate.reach.path.stretches
            where timeline == nil || stretch.timeline == timeline {
                let end = stretch.to ?? candidate.reach.end
                guard stretch.from < end else { continue }
                let known = ranges[stretch.timeline] ?? stretch.from..<end
                ranges[stretch.timeline] =
                    min(known.lowerBound, stretch.from)..<max(known.upperBound, end)
            }
        }
        return ranges.sorted { $0.key > $1.key }.map { ($0.key, $0.value) }
    }

    /// What of a range is in none of some others, the highest first.
    private static func parts(of range: Range<LSN>, without others: [Range<LSN>]) -> [Range<LSN>] {
        var parts: [Range<LSN>] = []
        var from = range.lowerBound
        for other in others.sorted(by: { $0.lowerBound < $1.lowerBound })
        where other.upperBound > from && other.lowerBound < range.upperBound {
            if from < other.lowerBound { parts.append(from..<other.lowerBound) }
            from = other.upperBound
        }
        if from < range.upperBound { parts.append(from..<range.upperBound) }
        return parts.reversed()
    }

    /// Where to begin to read a part: where records certainly begin.
    private func start(of part: Range<LSN>, in range: Range<LSN>, _ base: BaseRecord) -> LSN {
        let size = base.segmentSize.bytes
        return max(range.lowerBound, LSN(part.lowerBound.value / size * size))
    }

    /// What one stretch showed.
    private final class Seen {
        var last: WALLandmark?
        var names: [String] = []
    }

    private func look(
        _ base: BaseRecord,
        _ timeline: UInt32,
        from start: LSN,
        upTo end: LSN,
        _ body: (WALLandmark) -> Void
    ) async throws(Fault) {
        let scan = try LogScan(base, from: start)
        try await log.read(
            epoch: timeline,
            from: start.value,
            to: end.value,
            identities: identities
        ) { position, bytes throws(Fault) in
            try scan.read(bytes, at: LSN(position)) { record, mainData, version in
                let landmark = WALLandmark(record, mainData: mainData, version: version)
                if let landmark { body(landmark) }
            }
        }
    }
}
