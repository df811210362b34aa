import Model

extension Fault.Code {
    /// A program that the demonstration needs is not on this host.
    static let demoProgram = Fault.Code("E-DEMO-PROGRAM", .permanent, exit: .failed)
    /// No folder is fit for the demonstration.
    static let demoPlace = Fault.Code("E-DEMO-PLACE", .permanent, exit: .failed)
    /// A throw-away server of the demonstration does not do what it should.
    static let demoServer = Fault.Code("E-DEMO-SERVER", .permanent, exit: .failed)
    /// What came back is not what was lost.
    static let demoDiffers = Fault.Code("E-DEMO-DIFFERS", .permanent, exit: .failed)
}
