public import Model
public import StackConfiguration
internal import SystemIO
internal import SystemPackage
public import Vault

/// Retention of one copy of a stack: what is kept, what goes, what a person holds.
public struct StackPrune: Sendable {
    private let stack: Stack
    /// The copy.
    public let copy: CopyConfiguration
    private let host: String
    private let acceptsLosses: Bool

    /// Prepares retention; nothing is reached.
    ///
    /// - Parameters:
    ///   - stack: the stack.
    ///   - copy: the copy's name; nil for the first.
    ///   - host: whose snapshots; nil for this host's. A maintainer, who writes none, names the host that does.
    ///   - acceptsLosses: whether snapshots that are gone or damaged are given up instead of stopping everything, and those
    ///     that a revoked key signed instead of staying.
    /// - Throws: `E-COPY-UNKNOWN`, `E-VALUE`.
    public init(
        _ stack: Stack,
        copy: String? = nil,
        host: String? = nil,
        acceptsLosses: Bool = false
    ) throws(Fault) {
        self.stack = stack
        self.host = host ?? stack.configuration.host
        self.acceptsLosses = acceptsLosses
        guard StreamName.isLabel(self.host) else {
            throw Fault(
                .invalidValue,
                "unable to collect for host '\(self.host)': it is no host's name"
            )
        }
        let named = try stack.copies(copy.map { [$0] } ?? [])
        self.copy = named.first ?? stack.firstCopy
    }

    /// What a run would do; writes nothing.
    ///
    /// - Throws: as ``run()``.
    public func plan() async throws(Fault) -> CollectionPlan { try await collector().plan() }

    /// Deletes what was marked a day ago or longer, marks what may go now, prolongs locks, and removes what interrupted uploads
    /// left.
    ///
    /// - Throws: `E-STREAM-BUSY` when another process of this host is at it, what `Collector.run()` throws, what opening the
    ///   vault and reading the host's keys throw.
    public func run() async throws(Fault) -> CollectionReport {
        let place = try stack.workFolder().appending("prune.\(copy.name).lock")
        guard let lock = try FileLock.acquire(place, wait: false) else {
            throw Fault(
                .streamBusy,
                "unable to collect in copy '\(copy.name)': another process of this host is at it",
                hints: ["Wait until it has finished."]
            )
        }
        let report = try await collector().run()
        lock.release()
        return report
    }

    /// Keeps a snapshot until it is released; `name` is `COMPONENT@NUMBER` or the object's name.
    ///
    /// - Throws: `E-SNAPSHOT-NONE`, `E-VALUE`, what `Vault.hold` throws.
    public func hold(_ name: String, reason: String, until: Instant?) async throws(Fault) {
        let vault = try await stack.openVault(in: copy)
        try await vault.hold(
            try await stack.snapshot(named: name, of: host, in: vault),
            reason: reason,
            until: until,
            keys: try stack.hostKeys(),
            at: stack.clock.now()
        )
    }

    /// Ends this host's hold of a snapshot.
    ///
    /// - Throws: `E-HOLD-NONE`, `E-SNAPSHOT-NONE`, `E-VALUE`, what `Vault.release` throws.
    public func release(_ name: String) async throws(Fault) {
        let vault = try await stack.openVault(in: copy)
        try await vault.release(
            try await stack.snapshot(named: name, of: host, in: vault),
            keys: try stack.hostKeys(),
            at: stack.clock.now()
        )
    }

    private func collector() async throws(Fault) -> Collector {
        let vault = try await vault()
        let streams = stack.configuration.components.compactMap {
            StreamName(host: host, stack: stack.configuration.stack, component: $0.name)
        }
        let proofs = try await RestoreMemory(stack).last(of: streams, in: vault)
        var rules: [StreamName: RetentionRule] = [:]
        for component in stack.configuration.components {
            guard
                let stream = StreamName(
                    host: host,
                    stack: stack.configuration.stack,
                    component: component.name
                )
            else { continue }
            let log: Duration? =
                switch component.source {
                case .postgresql(let postgres): postgres.wal.keep
                case .redis(let redis): redis.log?.keep
                default: nil
                }
            rules[stream] = RetentionRule(
                keep: stack.configuration.keep(of: component, in: copy),
                log: log,
                proven: proofs[stream]?.snapshot.description,
                comesInOrder: copy == stack.firstCopy && copy.every == nil
            )
        }
        return Collector(
            vault,
            keys: try stack.hostKeys(),
            rules: rules,
            clock: stack.clock,
            acceptsLosses: acceptsLosses,
            locks: try stack.locks(of: copy, vault)
        )
    }

    /// The vault in the copy, with what the other copies know of revoked keys.
    private func vault() async throws(Fault) -> Vault {
        try await stack.findCopies().only([copy.name]).required().open[0].vault
    }
}
