import Model

/// How the stack was lost.
struct DemoLoss: Sendable {
    /// The second to go back to; no transaction was open then.
    let target: Instant
    /// When the `DELETE` was committed, by the server's clock.
    let deleted: Instant
    /// How many rows it took.
    let deletedRows: Int
    /// When the servers were killed, by the server's clock.
    let killed: Instant
    /// Up to when the vault was known to hold the log, whatever came after.
    let logged: Instant
}
