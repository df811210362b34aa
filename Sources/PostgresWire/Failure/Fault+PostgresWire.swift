public import Model

extension Fault.Code {
    /// The server does not answer, is starting or stopping, has no free connection, or the
    /// connection broke.
    public static let postgresUnreachable = Fault.Code(
        "E-PG-UNREACHABLE",
        .retry,
        exit: .sourceUnreachable
    )
    /// The server refused the user or its password.
    public static let postgresAuthentication = Fault.Code(
        "E-PG-AUTH",
        .permanent,
        exit: .sourceUnreachable
    )
    /// No line of the server's `pg_hba.conf` admits this connection.
    public static let postgresHostAccess = Fault.Code(
        "E-PG-HBA",
        .permanent,
        exit: .sourceUnreachable
    )
    /// The role lacks a privilege.
    public static let postgresRole = Fault.Code("E-PG-ROLE", .permanent, exit: .sourceUnreachable)
    /// A replication slot is missing, in use, or has lost its WAL.
    public static let postgresSlot = Fault.Code("E-PG-SLOT", .permanent, exit: .failed)
    /// The server's version is not one that Lifeboat protects.
    public static let postgresVersion = Fault.Code("E-PG-VERSION", .permanent, exit: .refused)
    /// The server refused a query or a command for a reason that no other code names.
    public static let postgresQuery = Fault.Code("E-PG-QUERY", .permanent, exit: .failed)
    /// The server sent something that the protocol does not allow.
    public static let postgresProtocol = Fault.Code("E-PG-PROTOCOL", .corrupt, exit: .failed)
    /// A file of the cluster (`pg_control`, a history file, a label) is not what it claims to be.
    public static let postgresFormat = Fault.Code("E-PG-FORMAT", .corrupt, exit: .damaged)
    /// A tar archive of a base backup is damaged, cut short, or names a place outside itself.
    public static let postgresArchive = Fault.Code("E-PG-ARCHIVE", .corrupt, exit: .damaged)
    /// A base backup cannot be relied on, because what its start and its end say differs.
    public static let postgresBackup = Fault.Code("E-PG-BACKUP", .retry, exit: .failed)
}
