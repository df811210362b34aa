/// The point that a restore takes a component or a stack back to.
public enum RecoveryTarget: Sendable, Hashable {
    /// The newest point there is.
    case latest
    /// The state at a moment: everything committed at or before it, nothing later.
    case time(Instant)
    /// The state at a position of PostgreSQL's log, the record at it included.
    case lsn(LSN)
}
