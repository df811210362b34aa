/// The point that a restore takes a component or a stack back to.
public enum RecoveryTarget: Sendable, Hashable {
    /// The newest point there is.
    case latest
    /// The state at a moment: everything committed at or before it, nothing later.
    case time(Instant)
    /// The state at a position of PostgreSQL's log, the record at it included.
    case lsn(LSN)
    /// The state in which a transaction of PostgreSQL ended, that one included.
    case transaction(UInt32)
    /// The state at a named restore point of PostgreSQL (`pg_create_restore_point`).
    case mark(String)
    /// The state in which the newest base backup of PostgreSQL is consistent; nothing later.
    case consistent

    /// The point in words when only a log has it, and exactly one log may be meant; nil when every component knows it.
    public var inLog: String? {
        switch self {
        case .latest, .time: nil
        case .lsn(let position): "log position \(position)"
        case .transaction(let number): "transaction \(number)"
        case .mark(let name): "mark '\(name)'"
        case .consistent: "the end of a base backup"
        }
    }
}
