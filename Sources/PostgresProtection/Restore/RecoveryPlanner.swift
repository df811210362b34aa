internal import Model
internal import PostgresWire
internal import Protection
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Finds the base and the log for a target, and refuses what cannot be reached before anything is touched.
struct RecoveryPlanner {
    let component: PostgresComponent
    let request: RestoreRequest

    /// A base with its log.
    struct Candidate {
        let base: BaseRecord
        let reach: LogReach
    }

    /// Plans the restore.
    func plan() async throws(Fault) -> RestorePlan {
        let log = try await LogReader(request.vault, stream: request.stream)
        let candidates = try await candidates(log)
        let chosen = try choose(candidates)
        let destination = try destination(chosen.base)
        try RestoreDestination.requireVacant(destination)
        let end = try await logEnd(chosen, log: log)
        let logBytes = end - chosen.base.start
        let bytes = ByteCount(chosen.base.snapshot.head.sizes.source + Int64(clamping: logBytes))
        try RestoreDestination.requireRoom(for: bytes, at: [destination])
        let notBefore = try await notBefore(chosen, log: log)
        return RestorePlan(
            snapshot: chosen.base.snapshot,
            destination: destination,
            point: point(chosen),
            notBefore: notBefore,
            steps: steps(chosen, end: end, destination: destination)
                + (notBefore.map { ["that position was reached at \($0) or later"] } ?? []),
            bytes: bytes,
            facts: [
                "end": end.description,
                "timeline": String(chosen.reach.path.last),
                "path": chosen.reach.path.text(end: end),
            ]
        )
    }

    /// Every base that can be used, newest first, with how far its log reaches.
    func candidates(_ log: LogReader) async throws(Fault) -> [Candidate] {
        let list = try await request.vault.snapshots(of: request.stream)
        var candidates: [Candidate] = []
        var fault: Fault? = list.refused.first
        for snapshot in list.snapshots.reversed()
        where request.only.map({ $0 == snapshot.id }) ?? true {
            do throws(Fault) {
                let base = try BaseRecord(snapshot)
                candidates.append(
                    Candidate(
                        base: base,
                        reach: try await LogReach(base, log: log, identities: request.identities)
                    )
                )
            } catch { fault = fault ?? error }
        }
        if candidates.isEmpty {
            throw fault
                ?? Fault(
                    .noSnapshot,
                    "unable to restore '\(request.stream.component)': there is no base backup of it",
                    hints: ["Run `lifeboat backup` first, or look with `lifeboat ls`."]
                )
        }
        return candidates
    }

    private func choose(_ candidates: [Candidate]) throws(Fault) -> Candidate {
        let chosen: Candidate? =
            switch request.target {
            case .latest: candidates.first
            case .time(let moment):
                candidates.first { candidate in
                    if let window = candidate.reach.window(of: candidate.base) {
                        return window.contains(moment)
                    }
                    return candidate.base.consistent <= moment
                        && moment <= candidate.reach.serverTime
                }
            case .lsn(let position):
                candidates.first { $0.base.stop <= position && position <= $0.reach.end }
            }
        if let chosen { return chosen }
        throw refusal(candidates)
    }

    private func refusal(_ candidates: [Candidate]) -> Fault {
        let windows = candidates.reversed().map { candidate in
            switch request.target {
            case .lsn: "\(candidate.base.stop) to \(candidate.reach.end)"
            default:
                candidate.reach.window(of: candidate.base)?.description
                    ?? "\(candidate.base.consistent) to \(candidate.reach.serverTime)"
            }
        }
        return Fault(
            .targetOutsideWindow,
            "unable to restore '\(request.stream.component)': the target lies outside what can be reached",
            hints: windows.map { "Choose a point from \($0)." }
        )
    }

    private func destination(_ base: BaseRecord) throws(Fault) -> FilePath {
        if let destination = request.destination { return destination }
        if let configured = component.settings.dataDirectory { return configured }
        if let recorded = base.snapshot.head.facts["data_directory"] { return FilePath(recorded) }
        throw Fault(
            .invalidValue,
            "unable to restore '\(request.stream.component)': it is not known where it came from",
            hints: ["Name a folder with --to."]
        )
    }

    private func logEnd(_ chosen: Candidate, log: LogReader) async throws(Fault) -> LSN {
        switch request.target {
        case .latest: chosen.reach.end
        case .lsn(let position): min(chosen.reach.end, position + chosen.base.segmentSize.bytes)
        case .time(let moment): try await chosen.reach.end(for: moment, log: log)
        }
    }

    private func notBefore(_ chosen: Candidate, log: LogReader) async throws(Fault) -> Instant? {
        guard case .lsn(let position) = request.target else { return nil }
        return try await chosen.reach.moment(before: position, log: log)
            ?? chosen.base.consistent
    }

    private func point(_ chosen: Candidate) -> Instant? {
        switch request.target {
        case .time(let moment): moment
        case .latest: chosen.reach.heartbeat?.time ?? chosen.reach.serverTime
        case .lsn: nil
        }
    }

    private func steps(_ chosen: Candidate, end: LSN, destination: FilePath) -> [String] {
        let base = chosen.base
        var steps = [
            "base backup of \(base.consistent) (PostgreSQL \(base.major), \(ByteCount(base.snapshot.head.sizes.source))) to \(destination)",
            "log from \(base.start) to \(end), \(ByteCount(Int64(clamping: end - base.start))), laid out beside it",
        ]
        switch request.target {
        case .latest: steps.append("replay to the end of the log")
        case .time(let moment):
            steps.append("replay every transaction up to \(moment.rfc3339(digits: 6))")
        case .lsn(let position): steps.append("replay to \(position)")
        }
        if chosen.reach.heartbeat == nil, case .time = request.target {
            steps.append(
                "no heartbeat is in the log: the server refuses to end recovery unless a transaction follows the target"
            )
        }
        if let window = chosen.reach.window(of: base) {
            steps.append("this base reaches \(window)")
        }
        return steps
    }
}
