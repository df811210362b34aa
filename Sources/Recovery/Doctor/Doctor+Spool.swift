internal import Model
internal import PostgresProtection
internal import StackConfiguration
internal import SystemIO

extension Doctor {
    /// Log files that have waited for longer than this mean that nobody takes them to the vault.
    static let spoolPatience = Duration.seconds(300)

    /// What a server archived: whether it reaches the vault.
    ///
    /// - Throws: `E-IO-…`.
    func spool(_ component: ComponentConfiguration) throws(Fault) -> [Examination] {
        let spool = stack.spool(of: component)
        let subject = "\(component.name), archive"
        var found: [Examination] = []
        let refused = try spool.refusals()
        if let first = refused.first {
            found.append(
                .problem(
                    subject,
                    "\(refused.count) log files cannot be stored, '\(first)' is one; they lie in '\(spool.refused.displayed)'",
                    "compare each with what the vault holds: lifeboat wal fetch NAME PATH; then remove it",
                    .damaged
                )
            )
        }
        let entries = try spool.entries()
        let now = stack.clock.now()
        let late = entries.filter { now - $0.time > Self.spoolPatience }
        if !late.isEmpty {
            let bytes = ByteCount(entries.reduce(0) { $0 + $1.bytes })
            found.append(
                .warning(
                    subject,
                    "\(late.count) log files wait for the vault, \(bytes) of \(spool.limit)",
                    "lifeboat run"
                )
            )
        } else if found.isEmpty, try spool.source() != nil {
            found.append(.ok(subject, "what the server hands over reaches the vault"))
        }
        return found
    }
}
