public import Model

extension Fault.Code {
    /// The place of a restore is not empty, and a restore never replaces anything.
    public static let restoreNotEmpty = Fault.Code(
        "E-RESTORE-NOT-EMPTY",
        .permanent,
        exit: .refused
    )
}
