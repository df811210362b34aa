public import Model

/// One protected thing of a stack.
public struct ComponentConfiguration: Sendable, Hashable {
    /// What kind of thing it is, and how it is reached.
    public enum Source: Sendable, Hashable {
        /// A PostgreSQL cluster.
        case postgresql(PostgresConfiguration)
        /// Databases of a cluster, dumped as SQL: what `logical:` of its component makes.
        case dumps(PostgresConfiguration, LogicalConfiguration)
        /// A Redis server.
        case redis(RedisConfiguration)
        /// A set of file trees.
        case files(FilesConfiguration)
        /// A folder of configuration with its history.
        case configuration(HistoryConfiguration)
        /// A set of secret files.
        case secrets(SecretsConfiguration)
    }

    /// The name, a label.
    public var name: String
    /// What it is.
    public var source: Source

    /// Which of its snapshots are kept; nil when the file does not say, which keeps all.
    public var keep: KeepPolicy?

    /// Names a source.
    public init(name: String, source: Source, keep: KeepPolicy? = nil) {
        self.name = name
        self.source = source
        self.keep = keep
    }
}
