public import Model
internal import Protection
public import Services

/// How the restore of a stack ended.
public struct RestoreSummary: Sendable {
    /// The components, in the order in which they began.
    public let results: [ComponentRestore]
    /// How long it took.
    public let duration: Duration

    /// What copies should have handed out and did not; it came from others.
    public let findings: [CopyFinding]
    /// Why something older came back than there is, or was, each a line.
    public let passedOver: [String]
    /// The copies that it was read from, by name.
    public let used: [String]
    /// Which copies could not be told what came back, each a line.
    public internal(set) var untold: [String] = []
    /// What came of the services; nil when they were left alone.
    public var services: ServiceKeeper.Ending?

    /// Describes an ending.
    public init(
        results: [ComponentRestore],
        duration: Duration,
        findings: [CopyFinding] = [],
        passedOver: [String] = [],
        used: [String] = []
    ) {
        self.results = results
        self.duration = duration
        self.findings = findings
        self.passedOver = passedOver
        self.used = used
    }

    /// The first fault; nil when everything came back.
    public var fault: Fault? { results.lazy.compactMap(\.fault).first }

    /// The exit code: damage that another copy made good changes nothing; 3 when a part of the components, or of one, did not come back; the first fault's
    /// when none did; 5 when a fault is damage, or when damage made something older come back; else 0.
    public var exit: ExitCode {
        let exit = ExitCode.of(
            results,
            isIncomplete: results.contains { $0.outcome?.problems.isEmpty == false }
        )
        guard exit == .success else { return exit }
        guard passedOver.isEmpty else { return .damaged }
        let isBack = services.map { $0.failures.isEmpty && $0.stopped.isEmpty } ?? true
        return isBack ? .success : .incomplete
    }

    /// The components that are not whole; what was refused before anything was changed is as whole as it was.
    var unfinished: Set<String> {
        Set(results.filter { $0.fault.map { $0.code.exit != .refused } ?? false }.map(\.name))
    }
}
