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

    /// Whether the copy may keep older versions of what was overwritten or deleted: it is a bucket.
    public var keepsVersions: Bool {
        guard case .bucket = copy.address else { return false }
        return true
    }

    init(_ copy: CopyConfiguration, _ report: CheckReport) {
        self.copy = copy
        self.report = report
        left = report.damage
    }
}
