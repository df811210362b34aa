public import Model

extension Fault.Code {
    /// The place of a restore is not empty, and a restore never replaces anything.
    public static let restoreNotEmpty = Fault.Code(
        "E-RESTORE-NOT-EMPTY",
        .permanent,
        exit: .refused
    )
    /// The disk has not enough room for the restore.
    public static let noRoom = Fault.Code("E-RESTORE-ROOM", .permanent, exit: .refused)
    /// A process still works in a private folder that a killed run has left.
    package static let scratchInUse = Fault.Code("E-SCRATCH-BUSY", .retry, exit: .failed)
    /// A log position is the target of something that has no log, or of several that have one each.
    public static let targetWithoutLog = Fault.Code("E-TARGET-LOG", .permanent, exit: .usage)
    /// The target lies outside what can be restored.
    public static let targetOutsideWindow = Fault.Code(
        "E-TARGET-WINDOW",
        .permanent,
        exit: .refused
    )
    /// There is no server program of the version that is needed.
    public static let serverMissing = Fault.Code("E-SERVER-MISSING", .permanent, exit: .refused)
    /// No copy takes the log, or one cannot get it from another.
    package static let logCopies = Fault.Code("E-LOG-COPIES", .retry, exit: .copyUnreachable)
}
