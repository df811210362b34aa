public import Model
internal import ObjectStorage
internal import Protection
internal import StackConfiguration
public import Vault

/// Brings the copies of a stack up to date from one another.
///
/// A copy gets what the others hold, all of them together, so that what one lacks or holds damaged comes from the next.
public struct CopyRun: Sendable {
    /// What is asked for.
    public struct Options: Sendable {
        /// The copy to bring up to date, and to make when its place is empty; nil: all that are there.
        public var target: String?
        /// The copy to take from; nil: all that are there.
        public var source: String?
        /// Whether only to find out what would be copied.
        public var isPreview = false

        /// Everything, from everywhere.
        public init() {}
    }

    private let stack: Stack
    private let options: Options

    /// Prepares it.
    public init(_ stack: Stack, _ options: Options = Options()) {
        self.stack = stack
        self.options = options
    }

    /// Copies; `progress` hears of a copy, by name, as its objects arrive.
    ///
    /// After success each copy holds what it wants of the others. After a failure, which is in the result, every snapshot
    /// that a copy holds is whole, and the same call goes on. An empty place becomes a copy only when it was named: an unmounted
    /// disk looks just like it.
    ///
    /// - Throws: `E-COPY-UNKNOWN`, `E-COPY-ALONE` when there is no other copy, what opening the first copy throws when
    ///   none is there, `E-CANCELLED`.
    public func run(
        progress: (String, ReplicationReport) -> Void
    ) async throws(Fault) -> CopySummary {
        let targets = try targets()
        let found = try await stack.findCopies().only(sourceNames(targets)).required()
        var endings: [CopyEnding] = []
        for target in targets {
            try Cancellation.check("copy to '\(target.name)'")
            let ending = await copy(to: target, found) { progress(target.name, $0) }
            if let fault = ending.fault, fault.code == .cancelled { throw fault }
            endings.append(ending)
        }
        return CopySummary(endings: endings)
    }

    private func targets() throws(Fault) -> [CopyConfiguration] {
        let sources = try stack.copies(options.source.map { [$0] } ?? [])
        let targets = try stack.copies(options.target.map { [$0] } ?? [])
            .filter { $0.name != options.source }
        guard !targets.isEmpty, sources.contains(where: { $0.name != targets[0].name }) else {
            throw Fault(
                .copyAlone,
                "unable to copy '\(stack.configuration.stack)': there is no other copy to take from",
                hints: ["Give the stack another one under `copies:`, or name others."]
            )
        }
        return targets
    }

    /// The copies that must be looked at.
    private func sourceNames(_ targets: [CopyConfiguration]) -> [String] {
        options.source.map { [$0] + targets.map(\.name) } ?? []
    }

    private func copy(
        to target: CopyConfiguration,
        _ found: CopySet,
        _ progress: (ReplicationReport) -> Void
    ) async -> CopyEnding {
        let others = found.open.filter {
            $0.name != target.name && (options.source == nil || $0.name == options.source)
        }
        guard !others.isEmpty else {
            return CopyEnding(target, .failed(noSource(for: target, found)))
        }
        let source = UnitedCopies(CopySet(open: others)).vault
        do throws(Fault) {
            guard let known = found.open.first(where: { $0.name == target.name }) else {
                return try await makeCopy(target, found, from: source, progress)
            }
            return try await replicate(
                from: source,
                to: known.vault,
                target,
                isNew: false,
                progress
            )
        } catch { return CopyEnding(target, .failed(error)) }
    }

    /// Makes a copy where there is none, when it was named; else says why it cannot be used.
    private func makeCopy(
        _ target: CopyConfiguration,
        _ found: CopySet,
        from source: Vault,
        _ progress: (ReplicationReport) -> Void
    ) async throws(Fault) -> CopyEnding {
        guard let absent = found.absent.first(where: { $0.name == target.name }) else {
            return CopyEnding(target, .failed(noSource(for: target, found)))
        }
        let isEmpty = [.noVault, .storeMissing].contains(absent.fault.code)
        guard isEmpty, options.target == target.name else {
            var ending = CopyEnding(target, .failed(absent.fault))
            ending.isExpected = absent.isExpected && options.target == nil
            return ending
        }
        guard !options.isPreview else {
            return CopyEnding(
                target,
                isNew: true,
                .previewed(
                    try await Replication.preview(ofAll: source, choice: stack.choice(of: target))
                )
            )
        }
        let vault = try await source.makeCopy(in: try await stack.opening.madeStore(of: target))
        return try await replicate(from: source, to: vault, target, isNew: true, progress)
    }

    private func replicate(
        from source: Vault,
        to vault: Vault,
        _ target: CopyConfiguration,
        isNew: Bool,
        _ progress: (ReplicationReport) -> Void
    ) async throws(Fault) -> CopyEnding {
        let replication = Replication(
            from: source,
            to: vault,
            choice: stack.choice(of: target),
            locks: try stack.locks(of: target, vault)
        )
        guard !options.isPreview else {
            return CopyEnding(target, isNew: isNew, .previewed(try await replication.preview()))
        }
        let started = stack.clock.now()
        let report = await replication.run(progress: progress)
        if report.isComplete, options.source == nil {
            // That is not remembered costs the next backup a look.
            try? CopyMemory(stack, target, vault: vault.id).keep(started)
        }
        return CopyEnding(target, isNew: isNew, .copied(report))
    }

    private func noSource(for target: CopyConfiguration, _ found: CopySet) -> Fault {
        let reason = found.absent.first { $0.name != target.name }?.fault
        return Fault(
            reason?.code ?? .copyAlone,
            "unable to copy to '\(target.name)': no other copy is there",
            hints: reason.map { ["The nearest: \($0.message)."] + $0.hints } ?? [],
            cause: reason
        )
    }
}
