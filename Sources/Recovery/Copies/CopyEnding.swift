public import Model
public import StackConfiguration
public import Vault

/// How bringing one copy up to date ended.
public struct CopyEnding: Sendable {
    /// What was done.
    public enum Outcome: Sendable {
        /// Everything that was missing was copied, as far as the report tells.
        case copied(ReplicationReport)
        /// Nothing was written; this would be.
        case previewed(ReplicationPreview)
        /// Nothing could be done.
        case failed(Fault)
    }

    /// The copy.
    public let copy: CopyConfiguration
    /// Whether the vault was made there, or would be.
    public let isNew: Bool
    /// What was done.
    public let outcome: Outcome

    /// Whether that it is not there is no failure: it may be away, and nobody named it.
    public internal(set) var isExpected = false

    init(_ copy: CopyConfiguration, isNew: Bool = false, _ outcome: Outcome) {
        self.copy = copy
        self.isNew = isNew
        self.outcome = outcome
    }

    /// Why it did not come to its end, or is not locked as it should be; nil when neither is so.
    public var fault: Fault? {
        switch outcome {
        case .copied(let report): report.fault ?? report.lockFault
        case .previewed: nil
        case .failed(let fault): fault
        }
    }

    /// What it means for the exit code: 13 when the copy cannot be used, the fault's when it failed on the way, 3 when
    /// something could not be copied, else 0.
    public var exit: ExitCode {
        switch outcome {
        case .failed(let fault):
            if isExpected { return .success }
            switch fault.code.exit {
            case .noVault: return .copyUnreachable
            default: return fault.code.exit
            }
        case .copied(let report):
            return report.fault?.code.exit ?? (report.isComplete ? .success : .incomplete)
        case .previewed(let preview): return preview.damage.isEmpty ? .success : .incomplete
        }
    }
}
