/// A tablespace that somebody made; as a rule outside the data directory.
public struct Tablespace: Sendable, Hashable {
    /// Its object id, the name of its link in `pg_tblspc`.
    public let oid: UInt32
    /// Its name; nil where only the replication protocol was asked.
    public let name: String?
    /// Its directory on the server's host.
    public let location: String

    /// Whether it is a folder of the data directory itself (`allow_in_place_tablespaces`), for which the server tells a relative path.
    public var isInPlace: Bool { !location.hasPrefix("/") }

    /// Describes a tablespace.
    public init(oid: UInt32, name: String?, location: String) {
        self.oid = oid
        self.name = name
        self.location = location
    }
}
