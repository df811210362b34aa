public import Model

extension Fault.Code {
    /// Nothing of what a component protects can be read.
    public static let filesUnreachable = Fault.Code(
        "E-FILES-NONE",
        .retry,
        exit: .sourceUnreachable
    )
    /// What came back is not what was backed up.
    public static let filesDamaged = Fault.Code("E-FILES-DAMAGED", .corrupt, exit: .damaged)
}
