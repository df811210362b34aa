public import Model
internal import PostgresProtection
public import Protection
internal import RedisProtection
internal import StackConfiguration
public import Vault

/// Where a stack stands: what could be brought back if it were lost now.
public struct StatusReport: Sendable {
    /// Where one component stands.
    public struct Component: Sendable {
        /// Its name.
        public let name: String
        /// What kind of thing it is.
        public let kind: ComponentKind
        /// The newest snapshot of all copies that can be trusted, of a database the newest without damaged pages where there
        /// is one; nil when there is none.
        public let newest: Snapshot?
        /// Whether the newest base backup has pages that were damaged at the source.
        public let hasDamagedPages: Bool
        /// How far its log reaches on the server's newest timeline; nil when there is no log.
        public let log: LogReach?
        /// How far the log takes the newest snapshot; nil when it has none.
        public let standing: LogStanding?
        /// What is wrong where `lifeboat run` should receive its log and does not; nil while it does, and where it should not.
        public let lateness: String?
        /// When one of its snapshots last came back whole; nil when that is not known.
        public let proven: Instant?
        /// What of it is whole in no copy, each a line.
        public let damage: [String]
        /// The servers that follow its server, or itself where it is a standby, as it says now; nil when it was not asked or does not answer.
        public let followers: [ServerFollower]?
        /// What else a person should know of it, each a line.
        public let problems: [String]

        /// The newest moment to which it can be taken back; nil when there is none.
        public var recoverableTo: Instant? {
            guard let time = newest?.head.time else { return nil }
            return max(time, standing?.until ?? time)
        }

        /// Whether log is there that the newest snapshot does not lead to.
        public var isLogBroken: Bool { standing.map { !$0.isWhole } ?? false }
    }

    /// The copies that are there, as one vault.
    public let vault: Vault
    /// The copies, in the order of the configuration.
    public let copies: [CopyStanding]
    /// What the copies lack of the rule that the configuration names, else of 3-2-1.
    public let compliance: CopyCompliance
    /// Whether the configuration names the rule, so that it is an objective.
    public let hasObjective: Bool
    /// When this was found out.
    public let time: Instant
    /// The components, in the order of the configuration.
    public let components: [Component]
    /// What a person should know of the stack as a whole, with what can be done about it.
    public let problems: [Fault]

    /// Whether the recovery kit was tested lately.
    public let kit: KitStanding

    /// 5 when something is damaged, 13 when a copy that should be there is not or lost its vault, 4 when a component has no
    /// snapshot, its log does not lead on from it or the newest base backup has damaged pages, the rule that the
    /// configuration names is not met, a copy that comes and goes or the recovery kit's test is overdue, else 0.
    public var exit: ExitCode {
        guard components.allSatisfy(\.damage.isEmpty), !copies.contains(where: \.isDamaged) else {
            return .damaged
        }
        if copies.contains(where: \.isMissed) { return .copyUnreachable }
        let isMissed =
            hasObjective && !compliance.isMet || copies.contains { $0.isOverdue(at: time) }
        return isMissed || kit.isOverdue
            || components.contains { $0.newest == nil || $0.isLogBroken || $0.hasDamagedPages }
            ? .objectiveMissed : .success
    }

    /// Finds out where some components stand, or all when none is named; needs no key.
    ///
    /// Lists each copy and reads the newest snapshots; everything else is what earlier checks found. A copy that cannot be
    /// used is a finding. Servers are asked who follows them; that one does not answer is a line.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, what opening the first copy throws when none is there, and `E-CANCELLED`.
    public static func read(
        _ stack: Stack,
        _ names: [String] = []
    ) async throws(Fault) -> StatusReport {
        let selection = try stack.selection(names)
        let found = try await stack.findCopies().required()
        let united = UnitedCopies(found)
        let newest = try await newest(of: selection, stack, united.vault)
        let needs = newest.values.compactMap(\.heads.first)
        let standings = try await standings(found, stack, selection, needs, united.vault)
        var components: [Component] = []
        let now = stack.clock.now()
        let proofs = try await RestoreMemory(stack).last(of: newest.keys, in: united.vault)
        for configured in selection {
            let stream = stack.stream(of: configured.name)
            let known = newest[stream] ?? Newest(heads: [], damaged: nil, refused: [], revoked: 0)
            components.append(
                Component(
                    configured,
                    known,
                    standings,
                    try await logStanding(configured, known, stream, united.vault),
                    proofs[stream]?.time,
                    try await ServerAnswer.ask(configured, stack),
                    stack: stack.configuration.stack,
                    now: now
                )
            )
        }
        let kit = try await KitStanding.read(stack, united.vault)
        let rule = stack.configuration.objectives.copies
        return StatusReport(
            vault: united.vault,
            copies: standings,
            compliance: CopyCompliance(
                standings.map { $0.compliance(at: now) },
                rule: rule ?? .threeTwoOne,
                now: now
            ),
            hasObjective: rule != nil,
            time: now,
            components: components,
            problems: [
                stack.recipientsFault(united.vault), RecipientMemory(stack.configuration).fault(),
            ].compactMap(\.self) + stack.rivalFaults(united.vault)
                + RecipientMemory(stack.configuration).unreadable() + kit.unproven,
            kit: kit
        )
    }

    /// The newest snapshots of each component; those before a base backup with damaged pages where there is a whole one.
    private static func newest(
        of selection: [ComponentConfiguration],
        _ stack: Stack,
        _ vault: Vault
    ) async throws(Fault) -> [StreamName: Newest] {
        var newest: [StreamName: Newest] = [:]
        for configured in selection {
            let stream = stack.stream(of: configured.name)
            let list = try await vault.newest(of: stream, isWhole: true)
            var heads = list.heads
            let damaged = heads.first.flatMap { $0.hasDamagedPages ? $0 : nil }
            if damaged != nil {
                let older = try await vault.snapshots(of: stream).snapshots
                if let whole = older.last(where: { !$0.hasDamagedPages }) { heads = [whole] }
            }
            newest[stream] = Newest(
                heads: heads,
                damaged: damaged,
                refused: list.refused,
                revoked: list.revoked
            )
        }
        return newest
    }

    /// Where each copy stands, in the order of the configuration.
    private static func standings(
        _ found: CopySet,
        _ stack: Stack,
        _ selection: [ComponentConfiguration],
        _ needs: [Snapshot],
        _ vault: Vault
    ) async throws(Fault) -> [CopyStanding] {
        var standings: [CopyStanding] = []
        for configured in stack.configuration.copies {
            if let copy = found.open.first(where: { $0.name == configured.name }) {
                standings.append(try await CopyStanding(copy, stack, selection, needs: needs))
            } else if let absent = found.absent.first(where: { $0.name == configured.name }) {
                standings.append(CopyStanding(absent, stack, vault: vault))
            }
        }
        CopyStanding.compare(&standings)
        return standings
    }

    /// The newest snapshots of a stream, and what newer ones cannot be used.
    fileprivate struct Newest {
        let heads: [Snapshot]
        /// The newest of all, when it has pages that were damaged at the source.
        let damaged: Snapshot?
        let refused: [Fault]
        let revoked: Int
    }

    /// How far the log takes the newest snapshot; nil for a component without a log or a snapshot.
    private static func logStanding(
        _ configured: ComponentConfiguration,
        _ known: Newest,
        _ stream: StreamName,
        _ vault: Vault
    ) async throws(Fault) -> LogStanding? {
        guard let head = known.heads.first else { return nil }
        switch configured.kind {
        case .postgresql:
            let log = try await LogReader(vault, stream: stream)
            return try await PostgresComponent.standing(of: head, log: log)
        case .redis:
            let log = try await LogReader(vault, stream: stream)
            return try await RedisComponent.standing(of: head, log: log)
        default: return nil
        }
    }
}

extension StatusReport.Component {
    /// Where a component stands, by its newest snapshots and what the copies have of it.
    fileprivate init(
        _ configured: ComponentConfiguration,
        _ known: StatusReport.Newest,
        _ standings: [CopyStanding],
        _ standing: LogStanding?,
        _ proven: Instant?,
        _ server: ServerAnswer?,
        stack: String,
        now: Instant
    ) {
        let (heads, refused) = (known.heads, known.refused)
        name = configured.name
        kind = configured.kind
        newest = heads.first
        hasDamagedPages = known.damaged != nil
        log = standings.flatMap(\.components).filter { $0.name == configured.name }
            .compactMap(\.log).max { ($0.epoch, $0.end) < ($1.epoch, $1.end) }
        self.standing = standing
        lateness = Self.lateness(configured, heads.first, standing, now)
        self.proven = proven
        followers = server?.followers
        damage = refused.map(\.message) + Self.damage(heads.first, standings.compactMap(\.survey))
        var facts: [String] = []
        if let damaged = known.damaged {
            let time = damaged.head.time.rfc3339(digits: 0)
            facts.append("the base backup of \(time) has \(damaged.head.problemText)")
        } else if let snapshot = heads.first, snapshot.head.problems > 0 {
            facts.append(snapshot.head.problemText)
        }
        if heads.isEmpty { facts.append("there is no snapshot yet") }
        if known.revoked > 0 {
            let (what, object) =
                known.revoked == 1 ? ("snapshot is", "it") : ("snapshots are", "them")
            facts.append(
                "\(known.revoked) newer \(what) not trusted: a revoked key signed \(object)"
            )
        }
        if heads.count > 1 { facts.append("two hosts wrote its newest snapshot") }
        if let log, log.ranges.count > 1 {
            let gaps = log.ranges.count - 1
            facts.append("its log has \(gaps) \(gaps == 1 ? "gap" : "gaps")")
        }
        if let standing, !standing.isWhole {
            facts.append(
                "its log leads from the newest snapshot to \(standing.endText) only: lifeboat backup \(stack)/\(name)"
            )
        }
        if let lateness { facts.append("\(lateness): lifeboat run") }
        problems = facts + (server?.lines ?? [])
    }

    /// What of the newest snapshot is whole in no copy.
    private static func damage(_ newest: Snapshot?, _ surveys: [VaultSurvey]) -> [String] {
        guard let newest, let first = surveys.first else { return [] }
        guard surveys.count > 1 else { return first.problems(of: newest) }
        let nowhere = surveys.dropFirst().reduce(first.unsound(of: newest)) {
            $0.intersection($1.unsound(of: newest))
        }
        guard !nowhere.isEmpty else { return [] }
        return [
            "\(nowhere.count) of \(newest.head.packs.count) packs of its newest snapshot are whole in no copy"
        ]
    }
}
