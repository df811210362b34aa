public import Model
internal import PostgresProtection
public import Protection
internal import StackConfiguration
internal import Vault

/// Receives the logs of a stack's PostgreSQL components, and writes heartbeats, until its task is
/// cancelled.
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
        var services: [LogService] = []
        for component in try stack.selection(names) {
            guard case .postgresql(let postgres) = component.source, postgres.wal.stream else {
                continue
            }
            services.append(
                LogService(
                    settings: try await stack.settings(postgres, isReached: true),
                    context: try stack.context(
                        of: component.name,
                        vault: vault,
                        log: stack.logCopies(of: component, vault: vault.id),
                        keys: keys,
                        progress: progress(component.name)
                    )
                )
            )
        }
        guard !services.isEmpty else {
            throw Fault(
                .unsupported,
                "unable to run: no PostgreSQL component with `wal: {stream: true}` is there",
                hints: ["The other kinds need no log: back them up with `lifeboat backup`."]
            )
        }
        try await Self.run(services)
    }

    private static func run(_ services: [LogService]) async throws(Fault) {
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
