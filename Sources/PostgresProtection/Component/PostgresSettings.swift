public import Model
internal import PostgresWire
public import SystemPackage

/// How a PostgreSQL component is reached and protected.
public struct PostgresSettings: Sendable {
    /// How a base backup is taken.
    public enum Method: String, Sendable, CaseIterable {
        /// Directly where that is open, else over the replication protocol, or over SQL connections where little is read.
        case auto
        /// The files of the data directory are read directly.
        case direct
        /// They are read over several SQL connections.
        case sql
        /// The server sends them (`BASE_BACKUP`).
        case replication
    }

    /// A libpq connection string or URI, without a password.
    public var dsn: String?
    /// libpq keywords that win over the connection string; the password is one of them.
    public var parameters: [String: String]
    /// The data directory, when it can be read on this host.
    public var dataDirectory: FilePath?
    /// Where the server's programs are; nil: where they usually are.
    public var binaries: FilePath?
    /// How a base backup is taken.
    public var method: Method
    /// How many SQL connections read files at once.
    public var connections: Int
    /// How many bytes a second are read of the files, at most; nil for no bound.
    public var limit: ByteCount?
    /// When the database counts as busy, so that its files are read more slowly.
    public var busy: BackOff.Bounds
    /// The permanent replication slot; nil: the log is only kept for as long as a backup needs it.
    public var slot: String?
    /// How often a heartbeat is written while the log is received.
    public var heartbeat: Duration
    /// After so long everything is read again, whatever the log says: what rots unread is found that way.
    public var fullEvery = Duration.seconds(7 * 86_400)
    /// Whether servers of major versions are protected that no release was tested with.
    public var allowsUntested = false
    /// The major versions that count as tested.
    package var tested = PostgresSettings.testedVersions

    /// The role that connects; nil when only libpq's defaults tell.
    public var user: String? {
        parameters["user"] ?? dsn.flatMap { ConnectionText.parse($0)?["user"] }
    }

    /// Puts settings together.
    public init(
        dsn: String?,
        parameters: [String: String] = [:],
        dataDirectory: FilePath? = nil,
        binaries: FilePath? = nil,
        method: Method = .auto,
        connections: Int = 4,
        limit: ByteCount? = nil,
        busy: BackOff.Bounds = BackOff.Bounds(),
        slot: String?,
        heartbeat: Duration = .seconds(10)
    ) {
        self.dsn = dsn
        self.parameters = parameters
        self.dataDirectory = dataDirectory
        self.binaries = binaries
        self.method = method
        self.connections = connections
        self.limit = limit
        self.busy = busy
        self.slot = slot
        self.heartbeat = heartbeat
    }
}
