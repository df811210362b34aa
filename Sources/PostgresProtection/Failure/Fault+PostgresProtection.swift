public import Model

extension Fault.Code {
    /// The server did not recover to the target.
    public static let recoveryFailed = Fault.Code("E-RECOVERY-FAILED", .permanent, exit: .failed)
    /// The server is another cluster than the one that the stream holds.
    public static let foreignCluster = Fault.Code("E-PG-FOREIGN", .permanent, exit: .refused)
    /// The server's major version is not one that Lifeboat was tested with.
    public static let postgresUntested = Fault.Code("E-PG-UNTESTED", .permanent, exit: .refused)
    /// The log from the backup's start to its stop did not reach the vault.
    public static let logMissing = Fault.Code("E-PG-LOG", .retry, exit: .failed)
    /// A server runs on the data directory that was to be written.
    public static let serverRunning = Fault.Code("E-PG-RUNNING", .permanent, exit: .refused)
    /// The folder is no data directory of the cluster that it could be renewed from.
    public static let deltaPlace = Fault.Code("E-RESTORE-DELTA", .permanent, exit: .refused)
    /// A standby cannot be built that would follow the primary.
    public static let standbyLost = Fault.Code("E-STANDBY-LOST", .permanent, exit: .refused)
    /// A file is not the log file that its name says.
    public static let walForm = Fault.Code("E-WAL-FORM", .permanent, exit: .refused)
    /// A log file differs from what is there under its name.
    public static let walDiffers = Fault.Code("E-WAL-DIFFERS", .permanent, exit: .refused)
    /// The spool of log files is full.
    public static let spoolFull = Fault.Code("E-WAL-SPOOL", .retry, exit: .failed)
    /// A log file is not in the vault.
    public static let walAbsent = Fault.Code("E-WAL-NONE", .permanent, exit: .failed)
    /// There was no such table, or there were several.
    public static let tableMissing = Fault.Code("E-TABLE-NONE", .permanent, exit: .refused)
    /// There was no such database.
    public static let databaseMissing = Fault.Code("E-DATABASE-NONE", .permanent, exit: .refused)
    /// What is brought back cannot go where it should: the name is taken, or what it lies in is not there.
    public static let placeRefused = Fault.Code("E-RESTORE-PLACE", .permanent, exit: .refused)
    /// `pg_dump` did not write all that was asked for.
    public static let dumpFailed = Fault.Code("E-PG-DUMP", .retry, exit: .failed)
    /// The live server did not take what was brought back; nothing of it is there.
    public static let fillFailed = Fault.Code("E-PG-FILL", .permanent, exit: .failed)
}
