/// What kind of thing a stream protects.
public enum ComponentKind: String, Sendable, Codable, CaseIterable {
    /// A PostgreSQL cluster.
    case postgresql
    /// A Redis server.
    case redis
    /// File trees.
    case files
    /// Secret files, sealed once more to their own recipients.
    case secrets
}
