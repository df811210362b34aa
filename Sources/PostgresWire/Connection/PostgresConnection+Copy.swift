public import Model

extension PostgresConnection {
    /// Runs one `COPY … TO STDOUT` and hands over its rows in the order in which they come, a message at a time.
    ///
    /// After a failure of `body` the connection is closed.
    ///
    /// - Throws: `E-PG-QUERY`, `E-PG-ROLE`, `E-PG-UNREACHABLE`, `E-CANCELLED`, and what `body` throws.
    public func copyOut(
        _ sql: String,
        _ body: ([UInt8]) throws(Fault) -> Void
    ) throws(Fault) {
        let attempt = "unable to copy rows from PostgreSQL '\(target)'"
        try submit(handle.send(sql), attempt)
        guard let first = try nextResult(attempt) else { throw lost(attempt) }
        guard first.status == .copyOut else {
            let fault =
                first.status == .failure
                ? scrubber.scrub(first.serverError).fault(attempt)
                : Fault(.postgresProtocol, "\(attempt): the statement copies nothing")
            while try nextResult(attempt) != nil {}
            throw fault
        }
        do throws(Fault) { try takeRows(attempt, body) } catch {
            handle.requestCancel()
            close()
            throw error
        }
        var failure: Fault?
        while let result = try nextResult(attempt) {
            guard result.status != .command else { continue }
            failure = failure ?? scrubber.scrub(result.serverError).fault(attempt)
        }
        if let failure { throw failure }
    }

    private func takeRows(
        _ attempt: String,
        _ body: ([UInt8]) throws(Fault) -> Void
    ) throws(Fault) {
        while true {
            try checkCancellation()
            let read = handle.readCopy { span in
                unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
            }
            switch read {
            case .value(let bytes): try body(bytes)
            case .wouldBlock:
                try wait(reading: true, writing: false)
                guard handle.consumeInput() else { throw lost(attempt) }
            case .done: return
            case .failed: throw lost(attempt)
            }
        }
    }

    /// The libpq keywords of a connection string or URI, and of parameters that win over it: what other programs of PostgreSQL need to reach the
    /// same server.
    ///
    /// - Throws: `E-VALUE` when the connection string is malformed.
    public static func keywords(
        parameters: [String: String],
        dsn: String?
    ) throws(Fault) -> [String: String] {
        guard let parsed = dsn.map({ LibpqHandle.parse(connectionString: $0) }) ?? [:] else {
            throw Fault(
                .invalidValue,
                "unable to read connection string 'dsn': it is no URI and no keyword=value pairs"
            )
        }
        return parsed.merging(parameters) { $1 }
    }
}
