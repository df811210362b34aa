public import Model
public import StackConfiguration
internal import Vault

/// How the check of a stack's copies ended.
public struct StackCheck: Sendable {
    /// A copy whose check ended before its time.
    public struct Failure: Sendable {
        /// The copy.
        public let copy: CopyConfiguration
        /// Why.
        public let fault: Fault
    }

    /// The copies that were checked, in the order of the configuration.
    public internal(set) var copies: [CopyCheck] = []
    /// Copies whose check ended before its time.
    public internal(set) var failures: [Failure] = []
    /// Copies that could not be opened.
    public internal(set) var absent: [AbsentCopy] = []

    /// Nothing yet.
    public init() {}

    /// 5 when something is damaged, forged or missing and was not mended; else the first failure's; 13 when a copy that should
    /// be there is not; else 0.
    public var exit: ExitCode {
        let missed = absent.filter { !$0.isExpected }
        if copies.contains(where: {
            !$0.left.isEmpty || $0.report.omitted > 0 && !$0.report.damage.isEmpty
        })
            || missed.contains(where: { $0.exit == .damaged })
        {
            return .damaged
        }
        return failures.first?.fault.code.exit ?? missed.first?.exit ?? .success
    }
}
