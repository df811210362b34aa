public import Model

/// How the backup of a stack ended.
public struct BackupSummary: Sendable {
    /// The id that ties the snapshots together.
    public let set: String
    /// When it began, by the host's clock.
    public let started: Instant
    /// When it ended, by the host's clock.
    public let finished: Instant
    /// The components, in the order of the configuration.
    public let results: [ComponentBackup]

    /// The copies, in the order of the configuration; none when no snapshot was taken.
    public let copies: [BackedUpCopy]

    /// What is damaged or gone under `hosts/` of a copy, once each.
    public let hostFaults: [Fault]

    /// Describes an ending.
    public init(
        set: String,
        started: Instant,
        finished: Instant,
        results: [ComponentBackup],
        copies: [BackedUpCopy] = [],
        hostFaults: [Fault] = []
    ) {
        self.set = set
        self.started = started
        self.finished = finished
        self.results = results
        self.copies = copies
        self.hostFaults = hostFaults
    }

    /// The first fault, in the order of the configuration; nil when every component has a snapshot.
    public var fault: Fault? { results.lazy.compactMap(\.fault).first }

    /// What was found to be wrong with the vault meanwhile, in the order of the configuration.
    public var findings: [Fault] { hostFaults + results.flatMap(\.findings) }

    /// The exit code: 3 when a part of the components has no snapshot, paths could not be read, or a copy whose turn it
    /// is lacks something; the first fault's when none has one; 5 when a fault or a finding is damage, or a host's document is
    /// damaged or gone; else 0.
    public var exit: ExitCode {
        let lacks = copies.compactMap(\.fault)
        guard !lacks.contains(where: { $0.code.exit == .damaged }) else { return .damaged }
        let isIncomplete = results.contains { $0.problems > 0 } || !lacks.isEmpty
        let exit = ExitCode.of(results, isIncomplete: isIncomplete)
        return hostFaults.isEmpty || results.allSatisfy { $0.fault != nil } ? exit : .damaged
    }
}
