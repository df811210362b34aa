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

    /// Describes an ending.
    public init(set: String, started: Instant, finished: Instant, results: [ComponentBackup]) {
        self.set = set
        self.started = started
        self.finished = finished
        self.results = results
    }

    /// The first fault, in the order of the configuration; nil when every component has a snapshot.
    public var fault: Fault? { results.lazy.compactMap(\.fault).first }

    /// What was found to be wrong with the vault meanwhile, in the order of the configuration.
    public var findings: [Fault] { results.flatMap(\.findings) }

    /// The exit code: 3 when a part of the components has no snapshot, or paths could not be read; the
    /// first fault's when none has one; 5 when a fault or a finding is damage; else 0.
    public var exit: ExitCode {
        .of(results, isIncomplete: results.contains { $0.problems > 0 })
    }
}
