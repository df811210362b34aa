public import Model
public import StackConfiguration

/// A configured copy that could not be opened.
public struct AbsentCopy: Sendable {
    /// What the configuration says of it.
    public let configuration: CopyConfiguration
    /// Why it could not.
    public let fault: Fault

    /// Its name.
    public var name: String { configuration.name }

    /// Whether it is there and not what it should be, rather than not there.
    public var isDamaged: Bool { fault.code.disposition == .corrupt }

    /// Whether it may well be away: the configuration says that it is there only now and then.
    public var isExpected: Bool { configuration.isOffline && !isDamaged }

    /// What it means for the exit code: 5 for damage, else 13.
    public var exit: ExitCode { isDamaged ? .damaged : .copyUnreachable }
}
