public import Model

extension Fault.Code {
    /// A server that a test needs does not do what the test tells it.
    public static let testServer = Fault.Code("E-TEST-POSTGRES", .permanent, exit: .failed)
}
