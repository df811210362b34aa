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

    /// Whether an epoch of its log is one unbroken stretch by format 1, so that what is lacking inside of one was there.
    ///
    /// Where it is not, a gap may be what the source did not have any more.
    var isLogUnbroken: Bool { self == .redis }
}
