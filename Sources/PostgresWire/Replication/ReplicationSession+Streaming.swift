public import Model

extension ReplicationSession {
    /// Begins to stream the log from a position of a timeline.
    ///
    /// When the timeline ended exactly there, the first message is
    /// ``ReplicationMessage/endOfTimeline``.
    /// - Throws: `E-PG-SLOT` when the slot is missing, in use, or its WAL is gone; `E-PG-QUERY`
    ///   when the server does not know the timeline or the position lies beyond it.
    public func startReplication(
        slot: String?,
        from position: LSN,
        timeline: UInt32
    ) throws(Fault) {
        guard case .idle = state else { preconditionFailure("the session streams already") }
        let clause = try slot.map { name throws(Fault) in
            "SLOT \(try Self.quoted(slot: name)) "
        }
        let attempt =
            "unable to stream the log of PostgreSQL '\(connection.target)' from \(position)"
        let command =
            "START_REPLICATION \(clause ?? "")PHYSICAL \(position) TIMELINE \(timeline)"
        try connection.submit(connection.handle.send(command), attempt)
        guard let result = try connection.nextResult(attempt) else {
            throw connection.lost(attempt)
        }
        switch result.status {
        case .copyBoth: state = .streaming
        case .rows: state = .ended(try endOfTimeline(result, attempt))
        case .failure:
            while try connection.nextResult(attempt) != nil {}
            let error = connection.scrubber.scrub(result.serverError)
            throw slot.map { error.slotFault(attempt, slot: $0) } ?? error.fault(attempt)
        case .row, .command, .copyOut, .copyIn, .pipelineSync:
            throw Fault(.postgresProtocol, "\(attempt): the answer is malformed")
        }
    }

    /// The next message; nil when none came in time.
    ///
    /// After ``ReplicationMessage/endOfTimeline`` the session is
    /// idle and can start again on the next timeline.
    ///
    /// - Throws: `E-PG-UNREACHABLE` when the server shuts down or the connection breaks,
    ///   `E-PG-SLOT` when the WAL is gone, `E-PG-PROTOCOL`, `E-CANCELLED`. After any fault the
    ///   session is of no further use.
    public func nextMessage(
        waitingUpTo timeout: Duration
    ) throws(Fault) -> ReplicationMessage? {
        if case .ended(let message) = state {
            state = .idle
            return message
        }
        guard case .streaming = state else { preconditionFailure("the session does not stream") }
        let attempt = "unable to stream the log of PostgreSQL '\(connection.target)'"
        let deadline = ContinuousClock.now + timeout
        while true {
            let read = try connection.handle.readCopy { span throws(Fault) in
                try ReplicationMessage(decoding: span)
            }
            switch read {
            case .value(let message): return message
            case .done: return try finishStream(attempt)
            case .failed: throw try failure(attempt)
            case .wouldBlock: break
            }
            try connection.checkCancellation()
            let left = deadline - ContinuousClock.now
            guard left > .zero else { return nil }
            let milliseconds = Int32(min(left, .milliseconds(200)) / .milliseconds(1)) + 1
            guard
                connection.handle.waitForSocket(
                    reading: true,
                    writing: false,
                    milliseconds: milliseconds
                )
            else { continue }
            guard connection.handle.consumeInput() else { throw connection.lost(attempt) }
        }
    }

    /// Tells the server how far the log is received and durable; see ``StandbyStatus``.
    ///
    /// - Throws: `E-PG-UNREACHABLE`, `E-CANCELLED`.
    public func sendStatus(
        written: LSN,
        flushed: LSN,
        applied: LSN,
        replyRequested: Bool = false
    ) throws(Fault) {
        guard case .streaming = state else { preconditionFailure("the session does not stream") }
        let attempt = "unable to report progress to PostgreSQL '\(connection.target)'"
        let status = StandbyStatus(
            written: written,
            flushed: flushed,
            applied: applied,
            sentAt: timekeeper.now(),
            replyRequested: replyRequested
        )
        while true {
            switch connection.handle.writeCopy(status.encoded) {
            case 1: return try connection.flush(attempt)
            case 0: try connection.flush(attempt)
            default: throw connection.lost(attempt)
            }
        }
    }

    /// Ends the stream from our side and drops what is still under way; the session is idle again.
    ///
    /// - Throws: `E-PG-UNREACHABLE`, `E-CANCELLED`.
    public func stopReplication() throws(Fault) {
        guard case .streaming = state else {
            state = .idle
            return
        }
        let attempt = "unable to end the stream of PostgreSQL '\(connection.target)'"
        guard connection.handle.endCopy() else { throw connection.lost(attempt) }
        try connection.flush(attempt)
        while true {
            switch connection.handle.readCopy({ _ in }) {
            case .value: continue
            case .wouldBlock:
                try connection.wait(reading: true, writing: false)
                guard connection.handle.consumeInput() else { throw connection.lost(attempt) }
            case .failed: throw try failure(attempt)
            case .done:
                while try connection.nextResult(attempt) != nil {}
                state = .idle
                return
            }
        }
    }

    /// Answers the server's end of the COPY and reads what it says about it.
    private func finishStream(_ attempt: String) throws(Fault) -> ReplicationMessage {
        var message: ReplicationMessage?
        while let result = try connection.nextResult(attempt) {
            switch result.status {
            case .copyIn:
                guard connection.handle.endCopy() else { throw connection.lost(attempt) }
                try connection.flush(attempt)
            case .rows: message = try endOfTimeline(result, attempt, isWhole: false)
            case .failure: throw fault(result, attempt)
            case .row, .command, .copyOut, .copyBoth, .pipelineSync: break
            }
        }
        guard let message else {
            connection.close()
            throw Fault(.postgresUnreachable, "\(attempt): the server shuts down")
        }
        state = .idle
        return message
    }

    private func endOfTimeline(
        _ result: LibpqResult,
        _ attempt: String,
        isWhole: Bool = true
    ) throws(Fault) -> ReplicationMessage {
        guard let next = UInt32(result.text(row: 0, column: 0) ?? ""),
            let position = LSN(result.text(row: 0, column: 1) ?? "")
        else { throw Fault(.postgresProtocol, "\(attempt): the end of timeline is malformed") }
        if isWhole { while try connection.nextResult(attempt) != nil {} }
        return .endOfTimeline(nextTimeline: next, switchPoint: position)
    }

    /// The fault behind a COPY that failed: the server's report where there is one.
    private func failure(_ attempt: String) throws(Fault) -> Fault {
        if let result = try connection.nextResult(attempt), case .failure = result.status {
            return fault(result, attempt)
        }
        return connection.lost(attempt)
    }

    private func fault(_ result: LibpqResult, _ attempt: String) -> Fault {
        let error = connection.scrubber.scrub(result.serverError)
        connection.close()
        let isLost = ["55000", "58P01"].contains(error.sqlState)
        return isLost ? error.slotFault(attempt, slot: "") : error.fault(attempt)
    }
}
