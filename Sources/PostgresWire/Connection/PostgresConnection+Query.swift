public import Model

extension PostgresConnection {
    /// Runs one statement and gives its rows as text; parameters are `$1`, `$2`, …, NULL for nil.
    ///
    /// Without parameters the text may hold several statements; the rows are those of the last one.
    /// - Throws: `E-PG-QUERY`, `E-PG-ROLE` (a privilege is missing), `E-PG-UNREACHABLE` (the
    ///   connection broke), `E-CANCELLED`; the fault's cause is the ``ServerError`` with the
    ///   SQLSTATE.
    public func query(
        _ sql: String,
        parameters: [String?] = []
    ) throws(Fault) -> [[String?]] {
        let attempt = "unable to run query on PostgreSQL '\(target)'"
        guard !parameters.isEmpty else {
            return try execute(sql, attempt: attempt).last?.textRows ?? []
        }
        try submit(handle.send(sql, parameters: parameters, binaryResult: false), attempt)
        return try collect(attempt: attempt).last?.textRows ?? []
    }

    /// Runs one statement and gives its rows in PostgreSQL's binary form: `bytea` and `text` byte
    /// for byte.
    ///
    /// - Throws: As ``query(_:parameters:)``.
    public func queryBytes(
        _ sql: String,
        parameters: [String?] = []
    ) throws(Fault) -> [[[UInt8]?]] {
        let attempt = "unable to run query on PostgreSQL '\(target)'"
        try submit(handle.send(sql, parameters: parameters, binaryResult: true), attempt)
        guard let result = try collect(attempt: attempt).last else { return [] }
        return (0..<result.rowCount).map { row in
            (0..<result.columnCount).map { result.bytes(row: row, column: $0) }
        }
    }

    /// Runs commands of the simple protocol to their end and gives all results.
    func execute(_ sql: String, attempt: String) throws(Fault) -> [LibpqResult] {
        try submit(handle.send(sql), attempt)
        return try collect(attempt: attempt)
    }

    /// Sees a command that was handed to libpq onto the wire.
    func submit(_ isQueued: Bool, _ attempt: String) throws(Fault) {
        guard isQueued else { throw lost(attempt) }
        try flush(attempt)
    }

    /// Reads results until the command is over; when the server reports an error, reads on, then
    /// throws it.
    private func collect(attempt: String) throws(Fault) -> [LibpqResult] {
        var results: [LibpqResult] = []
        var failure: Fault?
        while let result = try nextResult(attempt) {
            switch result.status {
            case .rows, .command: results.append(result)
            case .failure:
                failure = failure ?? scrubber.scrub(result.serverError).fault(attempt)
            case .copyOut, .copyIn, .copyBoth:
                close()
                throw Fault(.postgresProtocol, "\(attempt): the statement copies data")
            }
        }
        if let failure { throw failure }
        return results
    }

    /// The next result of the running command; nil when it is over.
    func nextResult(_ attempt: String) throws(Fault) -> LibpqResult? {
        while handle.isBusy {
            try wait(reading: true, writing: false)
            guard handle.consumeInput() else { throw lost(attempt) }
        }
        return handle.nextResult()
    }

    /// Writes everything that libpq has buffered.
    func flush(_ attempt: String) throws(Fault) {
        while true {
            switch handle.flush() {
            case 0: return
            case 1:
                // The server may be unable to read until we take what it sends.
                try wait(reading: true, writing: true)
                guard handle.consumeInput() else { throw lost(attempt) }
            default: throw lost(attempt)
            }
        }
    }

    /// Waits for the socket without end, noticing cancellation.
    func wait(reading: Bool, writing: Bool) throws(Fault) {
        while true {
            try checkCancellation()
            if handle.waitForSocket(reading: reading, writing: writing, milliseconds: 200) {
                return
            }
        }
    }

    /// Ends the connection and throws when the task is cancelled.
    func checkCancellation() throws(Fault) {
        guard Task.isCancelled else { return }
        handle.requestCancel()
        close()
        throw Self.cancelled
    }

    /// The fault for a connection that broke; it is closed.
    func lost(_ attempt: String) -> Fault {
        let failure = ConnectionFailure(scrubber.scrub(handle.errorMessage))
        close()
        let error = ServerError(sqlState: failure.sqlState, message: failure.fact)
        return Fault(.postgresUnreachable, "\(attempt): \(failure.fact)", cause: error)
    }
}
