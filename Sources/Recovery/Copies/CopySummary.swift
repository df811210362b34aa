public import Model

/// How bringing the copies of a stack up to date ended.
public struct CopySummary: Sendable {
    /// The copies, in the order of the configuration.
    public let endings: [CopyEnding]

    /// The first exit code that is not 0, 13 before 3, so that a copy that cannot be reached is never overlooked.
    public var exit: ExitCode {
        let exits = endings.map(\.exit).filter { $0 != .success }
        return exits.first { $0 != .incomplete } ?? exits.first ?? .success
    }
}
