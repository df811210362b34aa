public import Model

/// How the data files of a PostgreSQL cluster are read for a base backup.
public struct BaseConfiguration: Sendable, Hashable {
    /// How many SQL connections read files at once, from 1 to ``mostConnections``.
    public var connections: Int
    /// How many bytes a second are read at most; nil for no bound.
    public var limit: ByteCount?
    /// When the database counts as busy, so that it is read more slowly.
    public var busy: BusyConfiguration

    /// More connections than this are refused.
    public static let mostConnections = 16

    /// Groups the parts.
    public init(
        connections: Int = 4,
        limit: ByteCount? = nil,
        busy: BusyConfiguration = BusyConfiguration()
    ) {
        self.connections = connections
        self.limit = limit
        self.busy = busy
    }
}
