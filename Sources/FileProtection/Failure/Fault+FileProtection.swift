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
}
