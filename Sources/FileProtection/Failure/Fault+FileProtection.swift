public import Model

extension Fault.Code {
    /// Nothing of what a component protects can be read.
    public static let filesUnreachable = Fault.Code(
        "E-FILES-NONE",
        .retry,
        exit: .sourceUnreachable
    )
    /// What is to be protected belongs to Lifeboat itself.
    public static let ownFiles = Fault.Code("E-FILES-OWN", .permanent, exit: .refused)
    /// What came back is not what was backed up.
    public static let filesDamaged = Fault.Code("E-FILES-DAMAGED", .corrupt, exit: .damaged)
    /// A snapshot does not hold a path.
    public static let pathMissing = Fault.Code("E-FILES-PATH", .permanent, exit: .refused)
    /// git refuses to work on a history, or something in it cannot be read.
    public static let historyBroken = Fault.Code("E-HISTORY-GIT", .permanent, exit: .failed)
    /// A file that is to be kept in a history holds a secret.
    public static let historySecret = Fault.Code("E-HISTORY-SECRET", .permanent, exit: .refused)
    /// The remote of a history did not take it.
    public static let historyPush = Fault.Code("E-HISTORY-PUSH", .retry, exit: .incomplete)
}
