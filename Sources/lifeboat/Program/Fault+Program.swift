import Model

extension Fault.Code {
    /// The command line is not understood.
    static let usage = Fault.Code("E-USAGE", .permanent, exit: .usage)
    /// There is no configuration.
    static let configurationMissing = Fault.Code("E-CONFIG-NONE", .permanent, exit: .usage)
    /// What was named as the configuration is no ordinary file, or far too large for one.
    static let configurationUnreadable = Fault.Code("E-CONFIG-FILE", .permanent, exit: .usage)
    /// A person did not agree, or could not be asked.
    static let notConfirmed = Fault.Code("E-NOT-CONFIRMED", .permanent, exit: .refused)
}
