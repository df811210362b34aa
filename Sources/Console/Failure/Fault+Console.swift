public import Model

extension Fault.Code {
    /// Standard output or standard error does not take what is written to it.
    public static let consoleWrite = Fault.Code("E-CONSOLE-WRITE", .permanent, exit: .failed)
}
