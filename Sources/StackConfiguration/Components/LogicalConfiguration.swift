public import Model

/// Which databases of a PostgreSQL cluster are dumped as SQL, beside its base backups.
public struct LogicalConfiguration: Sendable, Hashable {
    /// The databases; all when empty.
    public var databases: [String]
    /// Whether roles and tablespaces are dumped as well.
    public var hasGlobals: Bool
    /// Which of the snapshots are kept; nil when the file does not say, which keeps all.
    public var keep: KeepPolicy?

    /// Groups the parts.
    public init(databases: [String] = [], hasGlobals: Bool = true, keep: KeepPolicy? = nil) {
        self.databases = databases
        self.hasGlobals = hasGlobals
        self.keep = keep
    }

    /// The name of the component that the dumps of a cluster are: they have a stream and a retention of their own.
    public static func componentName(of cluster: String) -> String { cluster + "-logical" }
}
