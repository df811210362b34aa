/// A PostgreSQL cluster and how it is reached.
public struct PostgresConfiguration: Sendable, Hashable {
    /// How the data files are read.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// Directly when the data directory is readable here, else over SQL where that is granted, else over the
        /// replication protocol.
        case auto
        /// From the data directory.
        case direct
        /// Over several SQL connections.
        case sql
        /// Over the replication protocol.
        case replication
    }

    /// libpq's connection string or URI, without a password.
    public var dsn: String
    /// The role; nil leaves it to `dsn` and libpq.
    public var user: String?
    /// Where the password is; nil leaves it to libpq's own password file and methods.
    public var password: SecretReference?
    /// The data directory, an absolute path, when it is readable here.
    public var dataDirectory: String?
    /// The directory of the server programs, an absolute path; nil finds them.
    public var binaries: String?
    /// The image that server programs are taken from where this host has none; nil for the one that a snapshot records.
    public var image: String?
    /// How the data files are read.
    public var method: Method
    /// How the data files are read for a base backup.
    public var base: BaseConfiguration
    /// How the log is kept.
    public var wal: WALConfiguration
    /// Which databases are dumped as well; nil for none.
    public var logical: LogicalConfiguration?
    /// The command that prints the head of the schema's migrations, as an argument vector; empty for none.
    public var migration: [String]

    /// Groups the parts.
    public init(
        dsn: String,
        user: String? = nil,
        password: SecretReference? = nil,
        dataDirectory: String? = nil,
        binaries: String? = nil,
        image: String? = nil,
        method: Method = .auto,
        base: BaseConfiguration = BaseConfiguration(),
        wal: WALConfiguration,
        logical: LogicalConfiguration? = nil,
        migration: [String] = []
    ) {
        self.dsn = dsn
        self.user = user
        self.password = password
        self.dataDirectory = dataDirectory
        self.binaries = binaries
        self.image = image
        self.method = method
        self.base = base
        self.wal = wal
        self.logical = logical
        self.migration = migration
    }
}
