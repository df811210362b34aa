public import Model
internal import PostgresProtection
public import Protection
internal import RedisProtection
internal import StackConfiguration
internal import Vault

/// Receives the logs of a stack's PostgreSQL and Redis components, writes heartbeats, and takes what PostgreSQL archives to the vault,
/// until its task is cancelled.
public struct LogStreaming: Sendable {
    private let stack: Stack

    /// Prepares receiving.
    public init(_ stack: Stack) { self.stack = stack }

    /// Receives; the first fault that another attempt would not mend ends all.
    ///
    /// - Parameters:
    ///   - names: the components; all when empty.
    ///   - progress: gives each component, by name, who hears of its progress; so it does for `copy NAME`.
    /// - Throws: `E-CANCELLED` at the end; `E-UNSUPPORTED` when no component has a log to receive;
    ///   `E-RECIPIENTS`, `E-RECIPIENT-SHARED`, what opening the first copy throws when none is there, reading the host's keys and the servers throw.
    public func run(
        _ names: [String] = [],
        progress: @escaping @Sendable (String) -> ProgressReporter
    ) async throws(Fault) {
        let names = try stack.selection(names).map(\.name)
        let direct = stack.directCopies.map(\.name)
        let takers = try await stack.takers(of: try await stack.findCopies(direct))
        for taker in takers { try stack.requireEnrolledRecipients(taker.vault) }
        let vault = takers[0].vault
        let keys = try stack.hostKeys()
        var services: [Service] = []
        for component in try stack.selection(names) {
            guard let copies = stack.archiveCopies(of: component, vault: vault.id) else { continue }
            let context = try stack.context(
                of: component.name,
                vault: vault,
                log: copies,
                keys: keys,
                progress: progress(component.name)
            )
            services += try await self.services(of: component, context, progress)
        }
        guard !services.isEmpty else {
            throw Fault(
                .unsupported,
                "unable to run: no component has a log",
                hints: [
                    "PostgreSQL has one; Redis has one where its component says `log: {stream: true}`.",
                    "The other kinds need none: back them up with `lifeboat backup`.",
                ]
            )
        }
        try await Self.run(services)
    }

    /// What runs for a component.
    private func services(
        of component: ComponentConfiguration,
        _ context: BackupContext,
        _ progress: @escaping @Sendable (String) -> ProgressReporter
    ) async throws(Fault) -> [Service] {
        switch component.source {
        case .postgresql(let postgres):
            let spool = SpoolService(
                stack.spool(of: component),
                context,
                receives: postgres.wal.stream
            )
            guard postgres.wal.stream else { return [.spool(spool)] }
            let settings = try await stack.settings(postgres, isReached: true)
            let receiver = LogService(
                settings: settings,
                context: context,
                takeBase: baseBackup(of: component, progress)
            )
            return [.receiver(receiver), .spool(spool)]
        case .redis(let redis) where redis.log?.stream == true:
            guard let server = try await stack.component(component) as? RedisComponent else {
                return []
            }
            let base = baseBackup(of: component, progress)
            return [.commands(RedisLogService(server, context: context, takeBase: base))]
        default: return []
        }
    }

    /// Backs a component up when its log needs a new beginning.
    private func baseBackup(
        of component: ComponentConfiguration,
        _ progress: @escaping @Sendable (String) -> ProgressReporter
    ) -> @Sendable () async throws(Fault) -> Void {
        { [stack] () async throws(Fault) in
            let summary = try await StackBackup(stack).run([component.name], progress: progress)
            if let fault = summary.fault { throw fault }
        }
    }

    /// What runs until it is told to end.
    private enum Service: Sendable {
        case receiver(LogService)
        case spool(SpoolService)
        case commands(RedisLogService)

        func run() async throws(Fault) {
            switch self {
            case .receiver(let service): try await service.run()
            case .spool(let service): try await service.run()
            case .commands(let service): try await service.run()
            }
        }
    }

    private static func run(_ services: [Service]) async throws(Fault) {
        let fault = await withTaskGroup(of: Fault?.self) { group in
            for service in services {
                group.addTask {
                    do throws(Fault) {
                        try await service.run()
                        return nil
                    } catch { return error }
                }
            }
            var first: Fault?
            for await fault in group {
                guard first == nil, let fault else { continue }
                first = fault
                group.cancelAll()
            }
            return first
        }
        if let fault { throw fault }
    }
}
