internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Finds out what a backup must read, and says so.
///
/// ```
/// start (redo position s) ─▶ log up to s is mapped ─▶ MapChain from the snapshot before ─▶ ReadingPlan ─▶ RangeChoice
/// ```
/// Whatever is missing on the way leads to a full reading and to a reason.
final class ReadingPlanner {
    /// Speeds measured on one machine, MiB/s: ranges over SQL connections, and the server's archives.
    private static let speeds = (ranges: 390.0, archives: 540.0)

    /// What is read.
    private(set) var plan = ReadingPlan.everything(.first)
    private let session: BackupSession
    private let settings: PostgresSettings
    private let context: BackupContext
    private let server: ServerProfile
    private let folder: MapFolder
    private let advance: LogAdvance
    private let prior: PriorSnapshot?
    private let begun: Instant

    init(
        _ session: BackupSession,
        settings: PostgresSettings,
        context: BackupContext,
        server: ServerProfile,
        slot: LogSlot
    ) {
        self.session = session
        self.settings = settings
        self.context = context
        self.server = server
        folder = MapFolder(
            context.state,
            stream: context.stream,
            systemIdentifier: server.identity.systemIdentifier
        )
        advance = LogAdvance(settings: settings, context: context, slot: slot, folder: folder)
        prior = session.previous.map { PriorSnapshot($0) }
        begun = context.clock.now()
    }

    /// Whether reading ranges over SQL connections takes less time than the server's archives: an outlook, before the
    /// backup has begun.
    ///
    /// - Throws: what receiving the log throws.
    func favoursRanges() async throws(Fault) -> Bool {
        let now = point(server.identity.timeline, server.identity.position)
        guard case .changes(let map, _) = try await plan(to: now) else { return false }
        let sizes = estimate(map)
        return Double(sizes.planned) / Self.speeds.ranges
            < Double(sizes.whole) / Self.speeds.archives
    }

    /// Plans for a way that cannot read parts of files.
    func planWholeFiles() {
        plan = .everything(prior == nil ? .first : .wholeFiles)
    }

    /// Plans for a backup that has begun, and says what is read.
    ///
    /// - Throws: what receiving the log throws.
    func choice(from start: BackupStart) async throws(Fault) -> RangeChoice {
        plan = try await plan(to: point(start.timeline, start.position))
        if case .changes(let map, _) = plan {
            let sizes = estimate(map)
            let text = plan.text(planned: ByteCount(sizes.planned), of: ByteCount(sizes.whole))
            context.progress(.note(text))
        } else if prior != nil {
            context.progress(.note(plan.text(planned: ByteCount(0), of: ByteCount(0))))
        }
        return plan.choice { [session] path in
            session.remembered(Array(path.utf8)).map { file in
                PriorFile(size: UInt64(file.size)) { session.missing($0, of: file) }
            }
        }
    }

    /// What the snapshot's head says of it.
    func facts(read: Int64, kept: Int64) -> [String: String] {
        let whole = plan.isWhole ? begun : prior?.readWhole ?? begun
        return [
            "read_bytes": String(read),
            "read_why": plan.text(planned: ByteCount(read), of: ByteCount(read + kept)),
            PriorSnapshot.wholeFact: String(whole.nanoseconds),
        ]
    }

    /// Plans a backup that begins at a point, once the log up to there is mapped.
    private func plan(to now: MapChain.Point) async throws(Fault) -> ReadingPlan {
        let chain: MapChain
        do throws(ReadingFallback) {
            chain = try self.chain(to: now)
        } catch { return .everything(error) }
        if let point = prior.flatMap({ MapChain.Point(facts: $0.facts) }) {
            folder.prune(before: point)
        }
        try await advance.reach(now.position, timeline: now.timeline)
        do throws(ReadingFallback) {
            try refuseBeyond(chain)
            let map = try chain.joined(chain.legs.compactMap { folder.map(along: $0) })
            return .changes(map, since: prior?.started ?? begun)
        } catch { return .everything(error) }
    }

    /// A server that was set back and promoted wrote another log before its switch than the one that was read.
    private func refuseBeyond(_ chain: MapChain) throws(ReadingFallback) {
        for leg in chain.legs where leg.isLeft {
            guard let map = folder.newest(timeline: leg.timeline)?.sheet.map,
                map.leastLog(server.segmentSize) > leg.to
            else { continue }
            throw .readBeyond(timeline: leg.timeline, leg.to)
        }
    }

    private func chain(to now: MapChain.Point) throws(ReadingFallback) -> MapChain {
        guard !context.readsEverything else { throw .asked }
        guard WALVersion(server: server.version) != nil else { throw .unknownVersion }
        return try MapChain(
            to: now,
            from: prior,
            hasPages: session.remembersPages,
            fullBefore: begun - settings.fullEvery,
            history: server.history
        )
    }

    private func point(_ timeline: UInt32, _ position: LSN) -> MapChain.Point {
        MapChain.Point(
            systemIdentifier: server.identity.systemIdentifier,
            timeline: timeline,
            position: position,
            hasDataChecksums: server.hasChecksums
        )
    }

    /// About how many bytes are read of how many, with the sizes of the snapshot before.
    private func estimate(_ map: BlockMap) -> (planned: Int64, whole: Int64) {
        var changed: Int64 = 0
        var relations: Int64 = 0
        session.forEachRemembered { path, size in
            let reading = map.reading(
                path: String(decoding: path, as: UTF8.self),
                size: UInt64(size),
                prior: UInt64(size),
                joining: ReadingPlan.joining
            )
            changed += Int64(reading.bytes(of: UInt64(size)))
            relations += size
        }
        let whole = max(prior?.source ?? 0, relations)
        return (changed + whole - relations, whole)
    }
}
