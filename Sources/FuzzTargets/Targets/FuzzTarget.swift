/// A reader of what comes from outside, with what must hold of it for every input.
///
/// libFuzzer (`Scripts/fuzz`) and the tests (`FuzzTests`) call the same functions: the one with inputs that it makes, the
/// others with those that are kept.
public enum FuzzTarget: String, Sendable, CaseIterable {
    /// An RDB: parser, rewriter, reader of keys, and what cuts it.
    case rdb
    /// What a Redis server, or a replica of it, sends.
    case resp
    /// A compose file, as `init --compose` reads it.
    case compose
    /// A `lifeboat.yaml`.
    case configuration
    /// Patterns, an empty line, and paths.
    case gitignore
    /// PostgreSQL's log, as bytes and as records.
    case wal
    /// An archive of a base backup.
    case tar
    /// A `backup_label`, the history of a timeline, a `pg_control`.
    case labels
    /// A file sealed with age, in binary and as text.
    case age

    /// Reads an input in all the ways that the target has.
    ///
    /// - Throws: when something does not hold that must. Refusing an input is no failure; a trap is one.
    public func check(_ input: [UInt8]) throws(CheckFailure) {
        switch self {
        case .rdb: try RDBCheck.check(input)
        case .resp: try RedisReplyCheck.check(input)
        case .compose: try ComposeCheck.check(input)
        case .configuration: try ConfigurationCheck.check(input)
        case .gitignore: try PatternCheck.check(input)
        case .wal: try LogCheck.check(input)
        case .tar: try ArchiveCheck.check(input)
        case .labels: try LabelCheck.check(input)
        case .age: try EnvelopeCheck.check(input)
        }
    }
}
