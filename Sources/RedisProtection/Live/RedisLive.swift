public import Model
public import Protection
internal import RedisWire
public import Vault

/// A snapshot's data back in the component's running server: all of it, or chosen keys.
///
/// ```
/// all     what is there is replaced: the server is our replica for one synchronisation
/// chosen  what is there stays; each key comes with RESTORE, with all keys the functions too
/// ```
/// Nothing reaches the server before the whole RDB was read and proved, the server is known to load it, and what the server
/// holds now is safe in a snapshot of its own.
public struct RedisLive: Component {
    /// Puts what the server holds now, before a moment comes back, into the copies; says which snapshot that is.
    public typealias SafetyCopy =
        @Sendable (_ point: Instant, _ progress: ProgressReporter) async throws(Fault) -> String

    /// The server.
    public let component: RedisComponent
    /// The keys that come back; nil for all data.
    public let selection: RedisSelection?
    /// The address of this host where the server fetches all data; nil for the one that it sees.
    public let listen: String?
    private let safetyCopy: SafetyCopy?

    /// Puts the parts together; without a safety copy when a person does without one.
    public init(
        _ component: RedisComponent,
        selection: RedisSelection? = nil,
        listen: String? = nil,
        safetyCopy: SafetyCopy?
    ) {
        self.component = component
        self.selection = selection
        self.listen = listen
        self.safetyCopy = safetyCopy
    }

    /// The component's name in the configuration.
    public var name: String { component.name }

    /// Always `redis`.
    public var kind: ComponentKind { .redis }

    /// Backs the server up.
    ///
    /// - Throws: as ``RedisComponent/backUp(into:_:)``.
    public func backUp(
        into session: BackupSession,
        _ context: BackupContext
    ) async throws(Fault) -> BackupDraft {
        try await component.backUp(into: session, context)
    }

    /// Says what would be done; reads the whole RDB to prove and count it, and asks the server whether it can take it.
    ///
    /// - Throws: `E-REDIS-TARGET` when the server cannot take it, `E-REDIS-VERSION` when it is too old for it or a Redis for what
    ///   Valkey wrote, `E-REDIS-KEYS` when no key is chosen by the selection; `E-SNAPSHOT-NONE`; `E-REDIS-SNAPSHOT`, `E-RDB-…`; what
    ///   talking to the server and reading the vault throws.
    public func planRestore(_ request: RestoreRequest) async throws(Fault) -> RestorePlan {
        let point = try await RedisRestorePoint.choose(for: request)
        let snapshot = point.snapshot
        let now = request.clock.now()
        let time = point.moment
        let stored = try await StoredRDB(snapshot, request)
        let change = component.expiries.change(from: time, to: now)
        let deadline = component.expiries.deadline(time, now)
        let rdb = try await stored.read(countingExpiredBy: deadline, changing: change, .silent) {
            _ in
        }
        let target = try await LiveTarget.ask(component, rdb, isReplaced: selection == nil)
        try target.check(rdb, name: name)
        try await point.requireReplay(component, rdb, request)
        var steps = ["take the snapshot of \(snapshot.head.time): \(rdb.keysText)"] + point.steps
        var count = rdb.total.keys
        if let selection, point.stretch != nil {
            steps.append("of what there is then some keys are chosen: \(selection.text)")
        } else if let selection {
            count = try await chosen(selection, stored, now)
            steps.append("of these \(count) are chosen: \(selection.text)")
            if selection.isEverything, rdb.functions > 0 {
                steps.append("bring its \(rdb.functions) function libraries too")
            }
        } else {
            steps.append(rdb.expiredText("will have"))
        }
        if let text = component.expiries.text(from: time, to: now) { steps.append(text) }
        steps += self.steps(target)
        if selection == nil {
            try RestoreDestination.requireRoom(for: rdb.bytes, at: [request.state])
        }
        return RestorePlan(
            snapshot: snapshot,
            destination: request.state,
            place: "the running server at \(component.address.endpoint)",
            point: time,
            steps: steps,
            bytes: rdb.bytes,
            facts: point.facts.merging([
                RedisFact.keys: "\(count)", "present": "\(target.keys)",
            ]) { $1 }
        )
    }

    /// How many keys are chosen.
    private func chosen(
        _ selection: RedisSelection,
        _ stored: StoredRDB,
        _ now: Instant
    ) async throws(Fault) -> UInt64 {
        var count: UInt64 = 0
        var reader = RDBKeyReader(.keep) { selection.contains($0, $1) }
        _ = try await stored.read(countingExpiredBy: now, .silent) {
            piece async throws(Fault) in
            count += UInt64(try reader.feed(piece).count)
        }
        let functions = try reader.finish().functions
        guard count > 0 || (selection.isEverything && functions > 0) else {
            throw Fault(
                .redisKeys,
                "unable to restore keys of '\(name)': the snapshot has none of them",
                hints: ["Look at how the names are written, and at the database: --db NUMBER"]
            )
        }
        return count
    }

    private func steps(_ target: LiveTarget) -> [String] {
        var steps: [String] = []
        if !target.isEmpty {
            steps.append(
                safetyCopy == nil
                    ? "take no snapshot of the \(target.contents) that \(target.version) holds now"
                    : "take a snapshot of the \(target.contents) that \(target.version) holds now"
            )
        }
        if let selection {
            steps.append(
                selection.keepsExisting
                    ? "put the chosen keys beside them; those that are there stay"
                    : "put the chosen keys beside them; those that are there are replaced"
            )
        } else {
            steps += [
                "make the server fetch the data from us as a replica: its clients cannot write meanwhile",
                "count its keys, and make it its own master again",
            ]
            if let bound = target.evictionBound {
                steps.append(
                    "note: its maxmemory is \(bound), less than the data took; keys will be evicted"
                )
            }
        }
        return steps
    }

    /// Brings the data back.
    ///
    /// After a failure the server is its own master; it holds what it held, or the whole snapshot, or of chosen keys a part, each whole.
    ///
    /// - Throws: what ``planRestore(_:)`` throws, since it looks again; `E-REDIS-HANDOVER`; what the safety copy throws, with
    ///   nothing done.
    public func restore(
        _ plan: RestorePlan,
        _ request: RestoreRequest,
        progress: ProgressReporter
    ) async throws(Fault) -> RestoreOutcome {
        let run = LiveRun(self, plan, request, progress)
        return try await plan.withRDB(of: component, request, progress) {
            stored async throws(Fault) in
            guard let selection else { return try await run.replace(stored) }
            return try await run.merge(selection, stored)
        }
    }

    /// Puts what the server holds now into the copies, before `point` comes back; says which snapshot that is, or nothing where
    /// there is none.
    func saved(
        _ target: LiveTarget,
        before point: Instant,
        _ progress: ProgressReporter
    ) async throws(Fault) -> [String] {
        guard !target.isEmpty, let safetyCopy else { return [] }
        progress(.phase("saving"))
        return ["what was there before is \(try await safetyCopy(point, progress))"]
    }
}
