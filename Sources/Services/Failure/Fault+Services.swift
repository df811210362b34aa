public import Model

extension Fault.Code {
    /// A container engine does not answer.
    public static let engineUnreachable = Fault.Code(
        "E-ENGINE-UNREACHABLE",
        .retry,
        exit: .sourceUnreachable
    )
    /// A container engine did not do what it was asked for.
    public static let engineRefused = Fault.Code("E-ENGINE-REFUSED", .permanent, exit: .failed)
    /// An address is none of a container engine that can be talked to.
    public static let engineAddress = Fault.Code("E-ENGINE-ADDRESS", .permanent, exit: .usage)
    /// A service is in a state that it could not be put back into.
    public static let serviceState = Fault.Code("E-SERVICE-STATE", .permanent, exit: .refused)
    /// A service does not stop.
    public static let serviceStop = Fault.Code("E-SERVICE-STOP", .permanent, exit: .refused)
    /// A service does not start.
    public static let serviceStart = Fault.Code("E-SERVICE-START", .permanent, exit: .failed)
    /// A service was started, and does not become healthy.
    public static let serviceUnhealthy = Fault.Code(
        "E-SERVICE-UNHEALTHY",
        .permanent,
        exit: .failed
    )
    /// A service that was stopped is not there any more.
    public static let serviceGone = Fault.Code("E-SERVICE-GONE", .permanent, exit: .failed)
    /// Services depend on each other in a circle.
    public static let serviceCircle = Fault.Code("E-SERVICE-CIRCLE", .permanent, exit: .usage)
    /// Somebody else stops or starts the services of the stack.
    public static let servicesBusy = Fault.Code("E-SERVICES-BUSY", .retry, exit: .refused)
    /// What was noted of the services that were stopped cannot be read.
    public static let ledgerDamaged = Fault.Code("E-SERVICE-LEDGER", .permanent, exit: .refused)
}
