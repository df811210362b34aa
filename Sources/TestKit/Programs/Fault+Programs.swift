public import Model

extension Fault.Code {
    /// A program that a test needs cannot be started.
    public static let testProgram = Fault.Code("E-TEST-PROGRAM", .permanent, exit: .failed)
}
