/// The one error type of the house.
///
/// A fault says what could not be done in the form `unable to <verb> <thing> '<name>': <fact>`, lower case and
/// without a full stop, then gives hints, each a sentence with the command that mends it. It carries a stable id for
/// scripts and documentation. It never holds a secret: no key, password, or content of a protected file.
///
/// Each target adds its own codes in an extension of ``Fault/Code``; see `Docs/decisions/0001-one-error-type.md`.
public struct Fault: Error, Sendable {
    /// What kind of fault this is.
    public let code: Code
    /// `unable to <verb> <thing> '<name>': <fact>`.
    public let message: String
    /// What to do about it, each a sentence, best first.
    public let hints: [String]
    /// The error underneath, for people who debug.
    public let cause: (any Error)?

    /// Makes a fault; `message` follows the form that the type's documentation gives.
    public init(_ code: Code, _ message: String, hints: [String] = [], cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.hints = hints
        self.cause = cause
    }

    /// The same fault with one more hint at the end.
    public func adding(hint: String) -> Fault {
        Fault(code, message, hints: hints + [hint], cause: cause)
    }
}

extension Fault: CustomStringConvertible {
    /// The message, its id, then one line per hint.
    public var description: String {
        (["\(message) (\(code.id))"] + hints.map { "hint: \($0)" }).joined(separator: "\n")
    }
}
