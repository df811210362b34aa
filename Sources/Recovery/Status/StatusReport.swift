public import Model
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
        /// The newest snapshot that can be trusted; nil when there is none.
        public let newest: Snapshot?
        /// How far its log reaches on the server's newest timeline; nil when there is no log.
        public let log: LogReach?
        /// What is damaged, forged or missing of it, each a line.
        public let damage: [String]
        /// What else a person should know of it, each a line.
        public let problems: [String]

        /// The newest moment to which it can be taken back; nil when there is none.
        public var recoverableTo: Instant? {
            guard let time = newest?.head.time else { return nil }
            return max(time, log?.until ?? time)
        }
    }

    /// The vault.
    public let vault: Vault
    /// What its listing and earlier checks tell of it.
    public let survey: VaultSurvey
    /// When this was found out.
    public let time: Instant
    /// The components, in the order of the configuration.
    public let components: [Component]
    /// What a person should know of the stack as a whole, each a line.
    public let problems: [String]

    /// Whether the recovery kit was tested lately.
    public let kit: KitStanding

    /// 5 when something is damaged, 4 when a component has no snapshot or the recovery kit's test is
    /// overdue, else 0.
    public var exit: ExitCode {
        guard components.allSatisfy(\.damage.isEmpty), survey.history.open.isEmpty else {
            return .damaged
        }
        return components.contains { $0.newest == nil } || kit.isOverdue
            ? .objectiveMissed : .success
    }

    /// Finds out where some components stand, or all when none is named; needs no key.
    ///
    /// Lists the vault and reads the newest snapshots; everything else is what earlier checks found.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, and what opening the vault and reading it throw.
    public static func read(
        _ stack: Stack,
        _ names: [String] = []
    ) async throws(Fault) -> StatusReport {
        let selection = try stack.selection(names)
        let vault = try await stack.openVault()
        let memory = HeadMemory(stack, vault)
        var standings: [Standing] = []
        for configured in selection {
            standings.append(try await standing(of: configured, stack, vault, memory))
        }
        let survey = try await VaultSurvey(
            vault,
            needs: standings.compactMap(\.heads.first)
        )
        return StatusReport(
            vault: vault,
            survey: survey,
            time: stack.clock.now(),
            components: standings.map { $0.component(survey) },
            problems: stack.recipientsFault(vault).map { Self.lines($0) } ?? [],
            kit: try await KitStanding.read(stack, vault)
        )
    }

    /// A fault as lines: what is wrong, and the best that can be done about it.
    private static func lines(_ fault: Fault) -> [String] {
        [fault.message] + fault.hints.prefix(1)
    }

    private static func standing(
        of configured: ComponentConfiguration,
        _ stack: Stack,
        _ vault: Vault,
        _ memory: HeadMemory
    ) async throws(Fault) -> Standing {
        let stream = stack.stream(of: configured.name)
        let newest = try await vault.newest(of: stream, isWhole: true)
        var standing = Standing(configured: configured, heads: newest.heads)
        standing.damage = newest.refused.map(\.message)
        var known: SnapshotID?
        do throws(Fault) {
            known = try memory.newest(of: stream)
        } catch { standing.problems.append(error.message) }
        if let known, try await vault.hasLost(known) {
            standing.damage.append(Fault.rolledBack(known).message)
        } else if let head = newest.heads.first {
            do throws(Fault) {
                try memory.saw(head.id)
            } catch { standing.problems.append(error.message) }
        }
        if configured.kind == .postgresql {
            standing.log = try await LogReach.read(vault, stream: stream).last
        }
        return standing
    }

    /// What is known of a component before its packs are looked at.
    private struct Standing {
        let configured: ComponentConfiguration
        let heads: [Snapshot]
        var log: LogReach?
        var damage: [String] = []
        var problems: [String] = []

        func component(_ survey: VaultSurvey) -> Component {
            Component(
                name: configured.name,
                kind: configured.kind,
                newest: heads.first,
                log: log,
                damage: damage + (heads.first.map { survey.problems(of: $0) } ?? []),
                problems: problems + facts
            )
        }

        private var facts: [String] {
            var facts: [String] = []
            if let snapshot = heads.first, snapshot.head.problems > 0 {
                facts.append("\(snapshot.head.problems) paths could not be read")
            }
            if heads.isEmpty { facts.append("there is no snapshot yet") }
            if heads.count > 1 { facts.append("two hosts wrote its newest snapshot") }
            if let log, log.ranges.count > 1 {
                facts.append("its log has \(log.ranges.count - 1) gaps")
            }
            return facts
        }
    }
}
