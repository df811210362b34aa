/// When a database counts as busy; without any bound it never does.
public struct BusyConfiguration: Sendable, Hashable {
    /// When more sessions than this run something, the backup's own not counted.
    public var sessions: Int?
    /// When a MiB of its files takes longer than this to be read.
    public var wait: Duration?

    /// Groups the parts.
    public init(sessions: Int? = nil, wait: Duration? = nil) {
        self.sessions = sessions
        self.wait = wait
    }
}
