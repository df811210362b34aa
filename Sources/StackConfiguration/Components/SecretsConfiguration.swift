/// A set of secret files.
public struct SecretsConfiguration: Sendable, Hashable {
    /// The files and directories, absolute paths; at least one.
    public var paths: [String]
    /// The age recipients they are sealed to; the stack's own when the file names none.
    public var recipients: [String]

    /// Groups the parts.
    public init(paths: [String], recipients: [String]) {
        self.paths = paths
        self.recipients = recipients
    }
}
