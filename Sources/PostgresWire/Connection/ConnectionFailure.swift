package import Model

/// What libpq says when a connection cannot be made, taken apart without relying on its language.
///
/// ```text
///   connection to server at "db", port 5432 failed: FATAL:  28000: no pg_hba.conf entry …
///   LOCATION:  ClientAuthentication, auth.c:543
/// ```
/// The severity, the words and the quotes may be translated; the SQLSTATE and the function are not.
/// libpq writes both when its error verbosity is `PQERRORS_VERBOSE`.
package struct ConnectionFailure: Sendable, Hashable {
    /// The SQLSTATE, or empty when no server answered.
    package let sqlState: String
    /// What went wrong, one line without severity and SQLSTATE.
    package let fact: String
    /// The server's function that refused, or empty.
    package let function: String

    /// Reads the text of `PQerrorMessage`.
    package init(_ text: String) {
        let lines = text.split(separator: "\n").map { String($0) }
        for (index, line) in lines.enumerated() {
            guard let found = Self.sqlState(in: line) else { continue }
            sqlState = found.state
            fact = found.rest
            function = lines[(index + 1)...].lazy.compactMap { Self.function(in: $0) }.first ?? ""
            return
        }
        sqlState = ""
        fact = lines.first ?? "no reason was given"
        function = ""
    }

    /// The fault to throw for a connection to `target` as `user`.
    package func fault(target: String, user: String, isReplication: Bool) -> Fault {
        let attempt = "unable to connect to PostgreSQL '\(target)': "
        let error = ServerError(sqlState: sqlState, message: fact)
        switch sqlState {
        case "28P01":
            return Fault(
                .postgresAuthentication,
                attempt + fact,
                hints: ["Check the password that the configuration refers to for role \(user)."],
                cause: error
            )
        case "28000" where function == "ClientAuthentication":
            return Fault(
                .postgresHostAccess,
                attempt + fact,
                hints: [hostAccessHint(user: user, isReplication: isReplication)],
                cause: error
            )
        case "28000":
            return Fault(
                .postgresAuthentication,
                attempt + fact,
                hints: [loginHint(user: user)],
                cause: error
            )
        case "42501" where !isReplication:
            // The server names the database in its own language; a session that asks for none has the role's name.
            let database = Self.quotedName(in: fact) ?? user
            return Fault(
                .postgresRole,
                attempt + fact,
                hints: [
                    "Run in the server: GRANT CONNECT ON DATABASE \(Self.quoted(database)) TO \(Self.quoted(user));"
                ],
                cause: error
            )
        case "42501":
            return Fault(
                .postgresRole,
                attempt + fact,
                hints: ["Run in the server: ALTER ROLE \(Self.quoted(user)) REPLICATION;"],
                cause: error
            )
        case "" where fact.contains("no password supplied"):
            return Fault(
                .postgresAuthentication,
                attempt + fact,
                hints: ["Give the configuration a password for role \(user)."]
            )
        default:
            return Fault(
                .postgresUnreachable,
                attempt + fact,
                hints: [reachingHint],
                cause: error
            )
        }
    }

    /// What helps when there is no connection for another reason than who asks.
    private var reachingHint: String {
        switch sqlState {
        case "53300" where fact.contains("max_wal_senders"): sendersHint
        case "53300":
            "Close connections, or raise max_connections: the limit of the server, its database or the role is reached."
        case "57P03": "Wait until the server has started."
        case "3D000": "Name a database that exists: dbname=postgres."
        default: "Check that the server runs and that host and port are right."
        }
    }

    /// A server that logs little starts with no senders only.
    private var sendersHint: String {
        let present = fact.split { !$0.isNumber }.last.flatMap { Int($0) } ?? 0
        let level =
            present == 0
            ? " and, where SHOW wal_level says minimal, ALTER SYSTEM SET wal_level = replica;" : ""
        return "Run in the server: ALTER SYSTEM SET max_wal_senders = \(max(10, present + 5));"
            + "\(level) - then restart it."
    }

    /// What lets a role in that is not there, or may not log in, or not in this way.
    private func loginHint(user: String) -> String {
        guard function == "InitializeSessionUserId" else {
            return
                "Check how pg_hba.conf lets role \(user) log in; peer wants the same name as the system's user."
        }
        let role = Self.quoted(user)
        return "Run in the server: CREATE ROLE \(role) LOGIN REPLICATION;"
            + " - or, where the role is there: ALTER ROLE \(role) LOGIN;"
    }

    /// The line that admits the connection; the client's address is the first quoted word of the
    /// message.
    private func hostAccessHint(user: String, isReplication: Bool) -> String {
        let database = isReplication ? "replication" : "all"
        let address = fact.split(separator: "\"", omittingEmptySubsequences: false).dropFirst()
            .first
        let isLocal = address.map { $0.hasPrefix("[") } ?? false
        let mask = address.map { $0.contains(":") ? "/128" : "/32" } ?? ""
        let place = isLocal ? "local \(database)" : "host \(database)"
        let client = isLocal ? "" : " \(address ?? "<address>")\(mask)"
        return "Add to pg_hba.conf: \(place) \(Self.quoted(user))\(client) scram-sha-256"
            + " - then run: SELECT pg_reload_conf();"
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// What a text has between its first and its last double quote.
    private static func quotedName(in text: String) -> String? {
        guard let first = text.firstIndex(of: "\""), let last = text.lastIndex(of: "\""),
            first < last
        else { return nil }
        return String(text[text.index(after: first)..<last])
    }

    /// Finds `:  28000: rest` in a line.
    private static func sqlState(in line: String) -> (state: String, rest: String)? {
        let parts = line.split(separator: ":", omittingEmptySubsequences: false)
        for index in parts.indices.dropFirst() {
            let word = parts[index].drop { $0 == " " }
            guard word.utf8.count == 5, index + 1 < parts.count, parts[index].first == " ",
                word.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }),
                word.utf8.contains(where: { (48...57).contains($0) })
            else { continue }
            let rest = parts[(index + 1)...].joined(separator: ":").drop { $0 == " " }
            return (String(word), String(rest))
        }
        return nil
    }

    /// Finds `Function, file.c:123` at the end of a line.
    private static func function(in line: String) -> String? {
        guard let comma = line.firstRange(of: ", "), line.contains(".c:") else { return nil }
        return line[..<comma.lowerBound].split(separator: " ").last.map { String($0) }
    }
}
