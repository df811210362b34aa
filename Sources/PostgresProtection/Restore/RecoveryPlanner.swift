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

    typealias Candidate = TimelineChoice.Candidate

    /// Where a target lies.
    struct Aim {
        let stop: ReplayStop
        /// The timeline that it is on, when that is known.
        let timeline: UInt32?
        /// What was found in the log.
        var landmark: WALLandmark?

        /// The position; nil for a moment and for the end of the log.
        var position: LSN? {
            if case .position(let position) = stop { return position }
            return nil
        }
    }

    /// Plans the restore.
    func plan() async throws(Fault) -> RestorePlan {
        try refuseContradictions()
        // Heads tell which keys are revoked, should `hosts/` have lost it: before the log is looked at.
        let list = try await request.vault.snapshots(of: request.stream)
        let log = try await LogReader(request.vault, stream: request.stream)
        let candidates = try await candidates(list, log)
        let aim = try await aim(candidates, log: log)
        let choice = TimelineChoice(stop: aim.stop, timeline: aim.timeline)
        guard let chosen = choice.best(of: candidates) else { throw refusal(candidates, aim) }
        let beyond = try await beyond(chosen, candidates, log)
        let destination = try destination(chosen.base)
        try requirePlaces(destination, chosen.base)
        let end = try await logEnd(chosen, aim, log: log)
        let logBytes = end - chosen.base.start
        let logSize = ByteCount(Int64(clamping: logBytes))
        let bytes = ByteCount(chosen.base.snapshot.head.sizes.source) + logSize
        let spare = Self.spare(forReplayOf: logSize)
        if !request.isDelta { try requireRoom(for: bytes + spare, destination) }
        let notBefore = try await notBefore(chosen, aim, log: log)
        let programs = component.recovers ? try await component.programs(for: chosen.base) : nil
        let text = PlannedSteps(
            chosen: chosen,
            aim: aim,
            request: request,
            end: end,
            destination: destination,
            owners: choice.owners(among: candidates),
            notBefore: notBefore,
            beyond: beyond,
            origin: programs?.origin
        )
        let plan = RestorePlan(
            snapshot: chosen.base.snapshot,
            destination: destination,
            point: point(chosen, aim),
            notBefore: notBefore,
            steps: text.lines,
            bytes: bytes,
            facts: facts(chosen, aim, end: end)
        )
        guard request.isDelta else { return plan }
        return request.stopsServers ? try overtaking(plan, logSize) : try await delta(plan, logSize)
    }

    /// Refuses places that something is in, or that a delta cannot take over.
    private func requirePlaces(_ destination: FilePath, _ base: BaseRecord) throws(Fault) {
        let account = FolderClaim.recipient(try component.serverAccount(for: base.snapshot))
        for place in [destination] + request.tablespaces.values {
            try FolderClaim(path: place, account: account, isDerived: false).require()
            if !request.isDelta { try RestoreDestination.requireVacant(place) }
        }
        try TablespacePlaces.require(beside: destination, for: account, isVacant: !request.isDelta)
        guard request.isDelta else { return }
        try DeltaPlace(path: destination, base: base).examine(mayRun: request.stopsServers)
    }

    /// That a cluster came from a place which only a container knows by that name.
    private func folderOfContainer(_ path: String) -> Fault {
        Fault(
            .invalidValue,
            "unable to restore '\(request.stream.component)': its server ran in a container, where its folder is '\(path)'",
            hints: [
                "Say where that is on this host with `data_directory:`: docker volume inspect NAME tells.",
                "Or name a folder with --to.",
            ]
        )
    }

    /// What replay needs beside the cluster and its laid-out log: the server's own log up to its next checkpoint, and some.
    private static func spare(forReplayOf log: ByteCount) -> ByteCount {
        min(log, ByteCount(1 << 30)) + ByteCount(64 << 20)
    }

    private func requireRoom(for bytes: ByteCount, _ destination: FilePath) throws(Fault) {
        let places = [destination] + request.tablespaces.values
        try RestoreDestination.requireRoom(for: bytes, at: places)
    }

    /// The plan of a restore into a folder of which a part may stay, on which a server may still run: what it changes meanwhile cannot
    /// be compared.
    private func overtaking(_ plan: RestorePlan, _ log: ByteCount) throws(Fault) -> RestorePlan {
        try requireRoom(for: log + Self.spare(forReplayOf: log), plan.destination)
        return RestorePlan(
            snapshot: plan.snapshot,
            destination: plan.destination,
            point: plan.point,
            notBefore: plan.notBefore,
            steps: [
                "the data directory there is taken over once its server has stopped: what is right in it stays, the rest is written"
            ] + Self.loss + plan.steps,
            bytes: plan.bytes,
            facts: plan.facts
        )
    }

    /// What a delta takes away.
    private static let loss = [
        "what else is in it is removed, its own log in pg_wal too: what only that log holds is lost"
    ]

    /// The plan of a restore into a folder of which a part may stay: all of it is read and compared.
    private func delta(_ plan: RestorePlan, _ log: ByteCount) async throws(Fault) -> RestorePlan {
        let found = try await ClusterFiles(
            plan: plan,
            request: request,
            account: nil,
            progress: .silent
        ).comparison()
        let growth = ByteCount(max(0, found.other.bytes - found.present.bytes))
        let spare = Self.spare(forReplayOf: log)
        try requireRoom(for: growth + log + spare, plan.destination)
        return RestorePlan(
            snapshot: plan.snapshot,
            destination: plan.destination,
            point: plan.point,
            notBefore: plan.notBefore,
            steps: [
                "the data directory there is taken over: \(found.kept) in \(found.keptFiles) files stay, of \(found.other)"
                    + " in \(found.otherFiles) files the pages that differ are written"
            ] + Self.loss + plan.steps,
            bytes: found.other + log,
            facts: plan.facts
        )
    }

    private func facts(_ chosen: Candidate, _ aim: Aim, end: LSN) -> [String: String] {
        var facts = [
            "end": end.description,
            "timeline": String(chosen.reach.path.last),
            "path": chosen.reach.path.text(end: end),
        ]
        facts["position"] = aim.position?.description
        return facts
    }

    private func refuseContradictions() throws(Fault) {
        guard request.isExclusive else { return }
        switch request.target {
        case .latest, .consistent:
            throw Fault(
                .invalidValue,
                "unable to restore '\(request.stream.component)': nothing is just before \(request.target == .latest ? "the newest point" : "the end of a base backup")",
                hints: ["Leave --exclusive out, or name a moment with --at."]
            )
        case .time, .lsn, .transaction, .mark: return
        }
    }

    /// Every base that can be used, newest first, with how far its log reaches.
    private func candidates(
        _ list: Vault.SnapshotList,
        _ log: LogReader
    ) async throws(Fault) -> [Candidate] {
        var candidates: [Candidate] = []
        var fault: Fault? = list.refused.first
        for snapshot in list.snapshots.reversed()
        where request.only.map({ $0 == snapshot.id }) ?? true {
            do throws(Fault) {
                let base = try BaseRecord(snapshot)
                candidates += try await LogReach.all(
                    base,
                    log: log,
                    identities: request.identities
                ).map { Candidate(base: base, reach: $0) }
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

    /// Where the target lies; what only the log knows is looked for there.
    private func aim(_ candidates: [Candidate], log: LogReader) async throws(Fault) -> Aim {
        switch request.target {
        case .latest: return Aim(stop: .end, timeline: request.timeline)
        case .time(let moment): return Aim(stop: .time(moment), timeline: request.timeline)
        case .lsn(let position): return Aim(stop: .position(position), timeline: request.timeline)
        case .consistent: return Aim(stop: .consistent, timeline: request.timeline)
        case .transaction(let number):
            return try await search(candidates, log) { kind in
                guard case .transaction(let found, _) = kind else { return false }
                return found == number
            }
        case .mark(let name): return try await search(candidates, log) { $0 == .restorePoint(name) }
        }
    }

    private func search(
        _ candidates: [Candidate],
        _ log: LogReader,
        _ isWanted: (WALLandmark.Kind) -> Bool
    ) async throws(Fault) -> Aim {
        let result = try await LandmarkSearch(
            log: log,
            identities: request.identities,
            candidates: candidates,
            timeline: request.timeline
        ).newest(isWanted)
        if let found = result.finding {
            return Aim(
                stop: .position(found.landmark.position),
                timeline: found.timeline,
                landmark: found.landmark
            )
        }
        let point = request.target.inLog ?? ""
        throw Fault(
            .targetOutsideWindow,
            "unable to restore '\(request.stream.component)' to \(point): the log that base backups lead to does not hold it",
            hints: result.names.map { "A mark that it holds: mark:\($0)" }
                + windows(candidates, ofPositions: false)
        )
    }

    /// Log that no base leads to, each a line; said only where the newest point of all is asked for.
    ///
    /// - Throws: `E-TARGET-WINDOW` where a timeline goes on from an older point than the one that would come back, and is newer: the end of what
    ///   the server has left is not its newest point.
    private func beyond(
        _ chosen: Candidate,
        _ candidates: [Candidate],
        _ log: LogReader
    ) async throws(Fault) -> [String] {
        guard case .latest = request.target, request.timeline == nil, request.only == nil else {
            return []
        }
        let own = chosen.reach.path.last
        let last = candidates.map(\.reach.path.last).max() ?? own
        var lines: [String] = []
        for timeline in Set(log.pieces.map(\.epoch)).sorted() {
            let end = LSN(log.coverage(epoch: timeline).ranges.last?.upperBound ?? 0)
            if timeline == own, end > chosen.reach.end {
                lines.append(
                    "careful: the log has a gap at \(chosen.reach.end), and no base leads to what is there behind it, up to \(end): lifeboat backup"
                )
            }
            guard timeline > last else { continue }
            // Whatever its time is, where its head cannot be read.
            let newest = try? await LogReach.newest(timeline, end: end, log: log, base: chosen.base)
            guard let newest, newest.0?.time ?? newest.1 <= chosen.reach.until else {
                throw Fault(
                    .targetOutsideWindow,
                    "unable to restore '\(request.stream.component)' to its newest point: the server went on to timeline \(timeline), and no base"
                        + " backup leads to the log of that, up to \(end)",
                    hints: [
                        "Take a base backup of the server, if it is still there: lifeboat backup",
                        "The end of timeline \(own), of which a restore in earnest may have left a part behind, comes back with --at latest --timeline \(own).",
                    ] + windows(candidates, ofPositions: false)
                )
            }
            lines.append(
                "careful: log of timeline \(timeline) up to \(end) is there and no base leads to it: lifeboat backup"
            )
        }
        return lines
    }

    private func refusal(_ candidates: [Candidate], _ aim: Aim) -> Fault {
        Fault(
            .targetOutsideWindow,
            "unable to restore '\(request.stream.component)': the target lies outside what can be reached",
            hints: (candidates.contains { $0.reach.end == aim.position }
                ? ["The log ends there: use --at latest."] : [])
                + windows(candidates, ofPositions: aim.position != nil)
        )
    }

    /// What can be reached, a line for each base and timeline.
    private func windows(_ candidates: [Candidate], ofPositions: Bool) -> [String] {
        let isDivided = Set(candidates.map(\.reach.path.last)).count > 1
        return candidates.reversed().map { candidate in
            let window =
                ofPositions
                ? "\(candidate.base.stop) to just before \(candidate.reach.end)"
                : candidate.reach.window(of: candidate.base)?.description
                    ?? "\(candidate.base.consistent.earliestText) to \(candidate.reach.serverTime)"
            let timeline = isDivided ? " on timeline \(candidate.reach.path.last)" : ""
            return "Choose a point from \(window)\(timeline)."
        }
    }

    private func destination(_ base: BaseRecord) throws(Fault) -> FilePath {
        if let destination = request.destination { return destination }
        if let configured = component.settings.dataDirectory { return configured }
        if let recorded = base.snapshot.head.facts["data_directory"] {
            guard component.image(of: base.snapshot) == nil else {
                throw folderOfContainer(recorded)
            }
            return FilePath(recorded)
        }
        throw Fault(
            .invalidValue,
            "unable to restore '\(request.stream.component)': it is not known where it came from",
            hints: ["Name a folder with --to."]
        )
    }

    private func logEnd(
        _ chosen: Candidate,
        _ aim: Aim,
        log: LogReader
    ) async throws(Fault) -> LSN {
        // The server must find a record behind the one that it stops at.
        let rest = chosen.base.segmentSize.bytes
        return switch aim.stop {
        case .end: chosen.reach.end
        case .position(let position): min(chosen.reach.end, position + rest)
        case .time(let moment): try await chosen.reach.end(for: moment, log: log)
        case .consistent: min(chosen.reach.end, chosen.base.stop + rest)
        }
    }

    /// A moment at which the source had certainly come no further; nil when the target is one itself.
    private func notBefore(
        _ chosen: Candidate,
        _ aim: Aim,
        log: LogReader
    ) async throws(Fault) -> Instant? {
        if let landmark = aim.landmark { return landmark.time }
        switch aim.stop {
        case .end, .time: return nil
        case .consistent: return chosen.base.consistent
        case .position(let position):
            return try await chosen.reach.moment(before: position, log: log)
                ?? chosen.base.consistent
        }
    }

    private func point(_ chosen: Candidate, _ aim: Aim) -> Instant? {
        if let landmark = aim.landmark { return landmark.time }
        return switch aim.stop {
        case .time(let moment): moment
        case .end: chosen.reach.until
        case .consistent: chosen.base.consistent
        case .position: nil
        }
    }
}
