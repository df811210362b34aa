public import Model
internal import PostgresProtection
public import Protection
internal import StackConfiguration
internal import Vault

/// Receives the logs of a stack's PostgreSQL components, writes heartbeats, and takes what their servers archive to the vault,
/// until its task is cancelled.
public struct LogStreaming: Sendable {
    private let stack: Stack

    /// Prepares receiving.
    public init(_ stack: Stack) { self.stack = stack }

    /// Receives; the first fault that another attempt would not mend ends all.
    ///
    /// - Parameters:
    ///   - names: the components; all when empty.
    ///   - progress: gives each component, by name, who hears of its progress.
    /// - Throws: `E-CANCELLED` at the end; `E-UNSUPPORTED` when no component has a log to receive;
    ///   `E-RECIPIENTS`, `E-RECIPIENT-SHARED`, what opening the first copy throws when none is there, reading the host's keys and the servers throw.
    public func run(
        _ names: [String] = [],
        progress: @Sendable (String) -> ProgressReporter
    ) async throws(Fault) {
        let names = try stack.selection(names).map(\.name)
        let direct = stack.directCopies.map(\.name)
        let takers = try await stack.takers(of: try await stack.findCopies(direct))
        for taker in takers { try stack.requireEnrolledRecipients(taker.vault) }
        let vault = takers[0].vault
        let keys = try stack.hostKeys()
        var services: [Service] = []
        for component in try stack.selection(names) {
            guard case .postgresql(let postgres) = component.source else { continue }
            let context = try stack.context(
                of: component.name,
                vault: vault,
                log: stack.archiveCopies(of: component, vault: vault.id),
                keys: keys,
                progress: progress(component.name)
            )
            if postgres.wal.stream {
                let settings = try await stack.settings(postgres, isReached: true)
                services.append(.receiver(LogService(settings: settings, context: context)))
            }
            let spool = stack.spool(of: component)
            services.append(
                .spool(SpoolService(spool, context, receives: postgres.wal.stream))
            )
        }
        guard !services.isEmpty else {
            throw Fault(
                .unsupported,
                "unable to run: no PostgreSQL component is there",
                hints: ["The other kinds need no log: back them up with `lifeboat backup`."]
            )
        }
        try await Self.run(services)
    }

    /// What runs until it is told to end.
    private enum Service: Sendable {
        case receiver(LogService)
        case spool(SpoolService)

        func run() async throws(Fault) {
            switch self {
            case .receiver(let service): try await service.run()
            case .spool(let service): try await service.run()
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
