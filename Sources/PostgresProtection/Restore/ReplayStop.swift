package import Model

/// Where replay stops, as a server is told it.
///
/// A transaction and a restore point are positions by then, so that there is only one of each: the server would stop at the first one of a
/// name.
package enum ReplayStop: Sendable, Hashable {
    /// At the end of the log.
    case end
    /// At a moment.
    case time(Instant)
    /// At the record that begins at a position, or at the first one behind it.
    case position(LSN)
    /// As soon as the base backup is consistent.
    case consistent
}
