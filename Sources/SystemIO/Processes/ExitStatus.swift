/// How a program ended.
public enum ExitStatus: Sendable, Hashable {
    /// It ended by itself, with a number that is 0 for success.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)

    /// Whether it ended by itself with 0.
    public var isSuccess: Bool { self == .exited(0) }
}

extension ExitStatus: CustomStringConvertible {
    /// As the fact of a message: `it ended with status 1`, `signal 9 ended it`.
    public var description: String {
        switch self {
        case .exited(let code): "it ended with status \(code)"
        case .signalled(let number): "signal \(number) ended it"
        }
    }
}
