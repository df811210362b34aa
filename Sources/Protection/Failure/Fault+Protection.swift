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
    /// A log position is the target of something that has no log, or of several that have one each.
    public static let targetWithoutLog = Fault.Code("E-TARGET-LOG", .permanent, exit: .usage)
}
