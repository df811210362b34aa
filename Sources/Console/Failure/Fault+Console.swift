public import Model

extension Fault.Code {
    /// Standard output or standard error does not take what is written to it.
    public static let consoleWrite = Fault.Code("E-CONSOLE-WRITE", .permanent, exit: .failed)
    /// Nothing could be read from the terminal.
    public static let consoleRead = Fault.Code("E-CONSOLE-READ", .permanent, exit: .failed)
}
