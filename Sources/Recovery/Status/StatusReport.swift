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
        /// The newest snapshot; nil when there is none.
        public let newest: Snapshot?
        /// How far its log reaches on the server's newest timeline; nil when there is no log.
        public let log: LogReach?
        /// What a person should know of it, each a line.
        public let problems: [String]

        /// The newest moment to which it can be taken back; nil when there is none.
        public var recoverableTo: Instant? {
            guard let time = newest?.head.time else { return nil }
            return max(time, log?.until ?? time)
        }
    }

    /// The vault.
    public let vault: Vault
    /// When this was found out.
    public let time: Instant
    /// The components, in the order of the configuration.
    public let components: [Component]
    /// What a person should know of the stack as a whole, each a line.
    public let problems: [String]

    /// 4 when a component has no snapshot, else 0.
    public var exit: ExitCode {
        components.contains { $0.newest == nil } ? .objectiveMissed : .success
    }

    /// Finds out where some components stand, or all when none is named; needs no key.
    ///
    /// - Throws: `E-COMPONENT-UNKNOWN`, and what opening the vault and reading it throw.
    public static func read(
        _ stack: Stack,
        _ names: [String] = []
    ) async throws(Fault) -> StatusReport {
        let selection = try stack.selection(names)
        let vault = try await stack.openVault()
        var components: [Component] = []
        for configured in selection {
            let stream = stack.stream(of: configured.name)
            let newest = try await vault.newest(of: stream)
            let reaches =
                configured.kind == .postgresql
                ? try await LogReach.read(vault, stream: stream) : []
            components.append(
                Component(
                    name: configured.name,
                    kind: configured.kind,
                    newest: newest.heads.first,
                    log: reaches.last,
                    problems: problems(newest, reaches.last)
                )
            )
        }
        return StatusReport(
            vault: vault,
            time: stack.clock.now(),
            components: components,
            problems: stack.recipientsFault(vault).map { Self.lines($0) } ?? []
        )
    }

    /// A fault as lines: what is wrong, and the best that can be done about it.
    private static func lines(_ fault: Fault) -> [String] {
        [fault.message] + fault.hints.prefix(1)
    }

    private static func problems(
        _ newest: (heads: [Snapshot], highestSeq: UInt64, refused: [Fault]),
        _ log: LogReach?
    ) -> [String] {
        var problems = newest.refused.map(\.message)
        if let snapshot = newest.heads.first, snapshot.head.problems > 0 {
            problems.append("\(snapshot.head.problems) paths could not be read")
        }
        if newest.heads.isEmpty { problems.append("there is no snapshot yet") }
        if newest.heads.count > 1 { problems.append("two hosts wrote its newest snapshot") }
        if let log, log.ranges.count > 1 {
            problems.append("its log has \(log.ranges.count - 1) gaps")
        }
        return problems
    }
}
