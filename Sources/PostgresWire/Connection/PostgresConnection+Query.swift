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
        let isSent =
            parameters.isEmpty
            ? handle.send(sql)
            : handle.send(sql, parameters: parameters, binaryResult: false)
        try submit(isSent && handle.asksForSingleRows(), attempt)
        return try rows(attempt) { $0.textRows }
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
        let isSent = handle.send(sql, parameters: parameters, binaryResult: true)
        try submit(isSent && handle.asksForSingleRows(), attempt)
        return try rows(attempt) { $0.byteRows }
    }

    /// The most that the rows of one answer may take in memory; nothing that is asked for here comes near it.
    static var answerLimit: Int { 256 << 20 }

    /// Reads the rows of the last statement to their end, one at a time, so that a server that sends rows without an end is noticed before
    /// they fill the memory.
    private func rows<Row>(
        _ attempt: String,
        _ read: (LibpqResult) -> [Row]
    ) throws(Fault) -> [Row] {
        var rows: [Row] = []
        var size = 0
        var isComplete = false
        try eachResult(attempt) { result throws(Fault) in
            if isComplete { (rows, size) = ([], 0) }
            isComplete = result.status != .row
            size += result.size
            guard size <= Self.answerLimit else { throw tooLarge(attempt) }
            rows += read(result)
        }
        return rows
    }

    /// Runs commands of the simple protocol to their end and gives all results, those with rows row by row.
    func execute(_ sql: String, attempt: String) throws(Fault) -> [LibpqResult] {
        try submit(handle.send(sql) && handle.asksForSingleRows(), attempt)
        return try collect(attempt: attempt)
    }

    /// Sees a command that was handed to libpq onto the wire.
    func submit(_ isQueued: Bool, _ attempt: String) throws(Fault) {
        guard isQueued else { throw lost(attempt) }
        try flush(attempt)
    }

    /// Reads results until the command is over.
    private func collect(attempt: String) throws(Fault) -> [LibpqResult] {
        var results: [LibpqResult] = []
        var size = 0
        try eachResult(attempt) { result throws(Fault) in
            size += result.size
            guard size <= Self.answerLimit else { throw tooLarge(attempt) }
            results.append(result)
        }
        return results
    }

    /// Hands each result to `body` until the command is over; when the server reports an error, reads on, then throws it.
    private func eachResult(
        _ attempt: String,
        _ body: (LibpqResult) throws(Fault) -> Void
    ) throws(Fault) {
        var failure: Fault?
        while let result = try nextResult(attempt) {
            switch result.status {
            case .rows, .row, .command: if failure == nil { try body(result) }
            case .failure:
                failure = failure ?? scrubber.scrub(result.serverError).fault(attempt)
            case .copyOut, .copyIn, .copyBoth, .pipelineSync:
                close()
                throw Fault(.postgresProtocol, "\(attempt): the statement copies data")
            }
        }
        if let failure { throw failure }
    }

    /// Ends the connection of a server that sends more than was asked for.
    private func tooLarge(_ attempt: String) -> Fault {
        handle.requestCancel()
        close()
        return Fault(
            .postgresProtocol,
            "\(attempt): its answer is larger than \(ByteCount(Int64(Self.answerLimit)))"
        )
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
