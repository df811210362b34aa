public import Model

/// A connection to a PostgreSQL server through libpq, used by one task at a time.
///
/// Calls wait on the calling thread, so make them on threads of your own. A wait notices the
/// cancellation of its task within 200 ms: the server is asked to stop, the connection is closed
/// and `E-CANCELLED` thrown. After a fault of any other kind the connection is usable unless the
/// fault is `E-PG-UNREACHABLE` or `E-PG-PROTOCOL`. No fault text holds a password.
public final class PostgresConnection {
    /// Which protocol a connection speaks.
    public enum Replication: Sendable {
        /// SQL.
        case none
        /// The commands of physical replication (`replication=true`); the role needs `REPLICATION`.
        case physical
    }

    /// Where the connection leads, `<host>:<port>`, for messages.
    public let target: String
    /// The server's version as a number, 150020 for 15.20.
    public let serverVersion: Int
    /// The role.
    public let user: String
    /// The database; meaningless on a replication connection.
    public let database: String

    let handle: LibpqHandle
    let scrubber: SecretScrubber

    /// Connects and prepares the session.
    ///
    /// `dsn` is a libpq connection string or URI; `parameters` are libpq keywords and win over it.
    /// The password belongs into `parameters`. An SQL session gets UTF-8 and no time-outs of the
    /// server's; whether it may write is left as the server has it.
    /// - Throws: `E-PG-UNREACHABLE`, `E-PG-AUTH`, `E-PG-HBA`, `E-PG-ROLE` (no `REPLICATION`),
    ///   `E-PG-VERSION` (older than 13 or newer than 18), `E-VALUE` (the connection string is
    ///   malformed), `E-CANCELLED`.
    public static func connect(
        parameters: [String: String],
        dsn: String? = nil,
        replication: Replication = .none,
        applicationName: String = "lifeboat",
        timeout: Duration = .seconds(15)
    ) throws(Fault) -> PostgresConnection {
        guard let parsed = dsn.map({ LibpqHandle.parse(connectionString: $0) }) ?? [:] else {
            // The string itself may hold a password, and libpq's own message quotes it.
            throw Fault(
                .invalidValue,
                "unable to read connection string 'dsn': it is no URI and no keyword=value pairs"
            )
        }
        let secrets = ["password", "sslpassword"].flatMap { key in
            [parameters[key], parsed[key]].compactMap { $0 }
        }
        var options: [(name: String, value: String)] = dsn.map { [("dbname", $0)] } ?? []
        options += parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        options.append(("application_name", applicationName))
        options.append(("client_encoding", "UTF8"))
        if replication == .physical { options.append(("replication", "true")) }
        guard let handle = LibpqHandle(options: options) else {
            throw Fault(.postgresUnreachable, "unable to connect to PostgreSQL: out of memory")
        }
        let connection = try PostgresConnection(
            handle: handle,
            scrubber: SecretScrubber(secrets),
            deadline: ContinuousClock.now + timeout,
            isReplication: replication == .physical
        )
        if replication == .none { try connection.prepareSession() }
        return connection
    }

    private init(
        handle: LibpqHandle,
        scrubber: SecretScrubber,
        deadline: ContinuousClock.Instant,
        isReplication: Bool
    ) throws(Fault) {
        self.handle = handle
        self.scrubber = scrubber
        let isConnected = try Self.finishConnecting(handle, deadline: deadline)
        target = "\(handle.host):\(handle.port)"
        user = handle.user
        database = handle.database
        serverVersion = handle.serverVersion
        guard isConnected else {
            throw ConnectionFailure(scrubber.scrub(handle.errorMessage))
                .fault(target: target, user: user, isReplication: isReplication)
        }
        guard (130_000..<190_000).contains(serverVersion) else {
            throw Fault(
                .postgresVersion,
                "unable to use PostgreSQL '\(target)': its version \(serverVersion / 10_000)"
                    + " is not supported",
                hints: ["PostgreSQL 13 to 18 are known."]
            )
        }
    }

    /// Drives libpq's attempt to its end; false when it failed and libpq knows why.
    private static func finishConnecting(
        _ handle: LibpqHandle,
        deadline: ContinuousClock.Instant
    ) throws(Fault) -> Bool {
        guard !handle.isBad else { return false }
        var progress = LibpqHandle.Progress.writing
        while true {
            switch progress {
            case .ready: return true
            case .failed: return false
            case .reading, .writing:
                guard !Task.isCancelled else { throw cancelled }
                guard ContinuousClock.now < deadline else {
                    throw Fault(
                        .postgresUnreachable,
                        "unable to connect to PostgreSQL '\(handle.host):\(handle.port)':"
                            + " it does not answer in time",
                        hints: [
                            "Check that host and port are right and that no firewall is between."
                        ]
                    )
                }
                guard
                    handle.waitForSocket(
                        reading: progress == .reading,
                        writing: progress == .writing,
                        milliseconds: 200
                    )
                else { continue }
                progress = handle.connect()
            }
        }
    }

    /// Takes every time limit off the session: a base backup may last for hours.
    private func prepareSession() throws(Fault) {
        var settings = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
        if serverVersion >= 140_000 { settings.append("idle_session_timeout") }
        if serverVersion >= 170_000 { settings.append("transaction_timeout") }
        let sql = settings.map { "SET \($0) = 0" }.joined(separator: "; ")
        _ = try execute(sql, attempt: "unable to prepare session on PostgreSQL '\(target)'")
    }

    /// Ends the connection; whatever the session held, such as a running low-level backup, ends
    /// with it.
    public func close() { handle.close() }

    static var cancelled: Fault { Fault(.cancelled, "unable to wait for PostgreSQL: cancelled") }
}
