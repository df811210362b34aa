/// What did not hold for an input.
public struct CheckFailure: Error, CustomStringConvertible {
    /// What should have held, and what was instead.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Fails unless something holds.
func require(
    _ holds: Bool,
    _ description: @autoclosure () -> String
) throws(CheckFailure) {
    guard holds else { throw CheckFailure(description()) }
}
