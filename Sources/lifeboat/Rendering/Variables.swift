import FoundationEssentials

/// The environment of the program.
enum Variables {
    /// All variables, by name.
    static let all = ProcessInfo.processInfo.environment
}
