public import Model

extension ReplicationSession {
    /// Creates a physical slot; with `reserveWAL` the server keeps its log from the last redo point
    /// on at once.
    ///
    /// - Throws: `E-PG-SLOT` when the name is taken or no slot is free, `E-VALUE` when it is not a
    ///   slot name.
    public func createSlot(
        _ name: String,
        reserveWAL: Bool,
        temporary: Bool = false
    ) throws(Fault) {
        let quoted = try Self.quoted(slot: name)
        let kind = temporary ? " TEMPORARY" : ""
        let reserve = reserveWAL ? " RESERVE_WAL" : ""
        try onSlot(
            name,
            "unable to create slot '\(name)'",
            "CREATE_REPLICATION_SLOT \(quoted)\(kind) PHYSICAL\(reserve)"
        )
    }

    /// Drops a slot that nobody uses.
    ///
    /// - Throws: `E-PG-SLOT` when it is missing or in use.
    public func dropSlot(_ name: String) throws(Fault) {
        let quoted = try Self.quoted(slot: name)
        try onSlot(name, "unable to drop slot '\(name)'", "DROP_REPLICATION_SLOT \(quoted)")
    }

    /// Reads where a physical slot stands; nil when there is none.
    ///
    /// PostgreSQL 15 and newer; elsewhere use
    /// ``PostgresConnection/replicationSlot(_:)`` on an SQL connection.
    ///
    /// - Throws: `E-PG-VERSION` before 15, `E-PG-SLOT` when the slot is a logical one.
    public func readSlot(
        _ name: String
    ) throws(Fault) -> (restartPosition: LSN?, restartTimeline: UInt32?)? {
        guard connection.serverVersion >= 150_000 else {
            throw Fault(
                .postgresVersion,
                "unable to read slot '\(name)': PostgreSQL before 15 answers this only by SQL"
            )
        }
        let attempt = "unable to read slot '\(name)'"
        let command = "READ_REPLICATION_SLOT \(try Self.quoted(slot: name))"
        let row = try telling(name, attempt) { () throws(Fault) in
            try self.row(of: command, attempt, columns: 3)
        }
        guard row[0] != nil else { return nil }
        return (row[1].flatMap { LSN($0) }, row[2].flatMap { UInt32($0) })
    }

    /// A slot name in the replication grammar.
    static func quoted(slot name: String) throws(Fault) -> String {
        guard (1...63).contains(name.utf8.count), name.utf8.allSatisfy({ isWord($0) }) else {
            throw Fault(
                .invalidValue,
                "unable to use slot '\(name)': a name has 1 to 63 of a-z, 0-9 and _"
            )
        }
        return "\"\(name)\""
    }

    private func onSlot(_ name: String, _ attempt: String, _ command: String) throws(Fault) {
        _ = try telling(name, attempt) { () throws(Fault) in
            try connection.execute(command, attempt: attempt)
        }
    }

    /// Names a slot in what the server says against a command.
    private func telling<Value>(
        _ slot: String,
        _ attempt: String,
        _ body: () throws(Fault) -> Value
    ) throws(Fault) -> Value {
        do throws(Fault) {
            return try body()
        } catch {
            guard let server = error.cause as? ServerError else { throw error }
            throw server.slotFault(attempt, slot: slot)
        }
    }
}
