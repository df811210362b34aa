internal import Model
public import StackConfiguration
public import Vault

/// What a check of one copy found, and what a repair did about it.
public struct CopyCheck: Sendable {
    /// The copy.
    public let copy: CopyConfiguration
    /// What was found.
    public internal(set) var report: CheckReport
    /// What was done about each finding; empty unless a repair was asked for.
    public internal(set) var mendings: [Mending] = []
    /// The damage that is there now.
    public internal(set) var left: [CheckReport.Finding]

    init(_ copy: CopyConfiguration, _ report: CheckReport) {
        self.copy = copy
        self.report = report
        left = report.damage
    }
}
