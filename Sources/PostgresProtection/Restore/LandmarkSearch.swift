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
        var ends: [UInt32: LSN] = [:]
        for candidate in candidates {
            for stretch in candidate.reach.path.stretches.reversed()
            where timeline == nil || stretch.timeline == timeline {
                let end = stretch.to ?? candidate.reach.end
                let limit = min(end, ends[stretch.timeline] ?? end)
                guard stretch.from < limit else { continue }
                ends[stretch.timeline] = stretch.from
                let seen = Seen()
                try await look(candidate.base, stretch, upTo: limit) { landmark in
                    if isWanted(landmark.kind) { seen.last = landmark }
                    guard case .restorePoint(let name) = landmark.kind else { return }
                    seen.names = [name] + seen.names.filter { $0 != name }.prefix(9)
                }
                if let last = seen.last {
                    result.finding = Finding(landmark: last, timeline: stretch.timeline)
                    return result
                }
                let older = seen.names.filter { !result.names.contains($0) }
                result.names = Array((result.names + older).prefix(10))
            }
        }
        return result
    }

    /// What one stretch showed.
    private final class Seen {
        var last: WALLandmark?
        var names: [String] = []
    }

    private func look(
        _ base: BaseRecord,
        _ stretch: TimelinePath.Stretch,
        upTo end: LSN,
        _ body: (WALLandmark) -> Void
    ) async throws(Fault) {
        let scan = try LogScan(base, from: stretch.from)
        try await log.read(
            epoch: stretch.timeline,
            from: stretch.from.value,
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
