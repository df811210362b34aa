public import Model
internal import PostgresWire

/// The SQL that lets a role read a cluster's files over SQL connections, or directly.
public struct PostgresGrants: Sendable {
    /// The role that Lifeboat uses.
    public let role: String
    /// The database that it connects to; the grants count there and are needed in no other.
    public let database: String
    /// The functions that it may not execute, with their argument types; empty when nothing is missing.
    public let missing: [String]
    private let functions: [String]
    private let seesSessions: Bool

    /// Asks a server over an SQL connection; changes nothing.
    ///
    /// - Throws: `E-PG-…` when it cannot be reached or refuses.
    public init(_ settings: PostgresSettings) throws(Fault) {
        let connection = try PostgresLink.sql(settings)
        defer { connection.close() }
        let version = connection.serverVersion
        self.init(
            role: connection.user,
            database: connection.database,
            version: version,
            missing: try BackupFunction.missing(connection),
            seesSessions: settings.busy.sessions != nil
        )
    }

    init(
        role: String,
        database: String,
        version: Int,
        missing: [BackupFunction],
        seesSessions: Bool
    ) {
        self.role = role
        self.database = database
        self.missing = missing.map { $0.signature(version: version) }
        functions = BackupFunction.allCases.map { $0.signature(version: version) }
        self.seesSessions = seesSessions
    }

    /// One statement for what is missing; nil when nothing is.
    public var statement: String? {
        missing.isEmpty
            ? nil : "GRANT EXECUTE ON FUNCTION \(missing.joined(separator: ", ")) TO \(quotedRole)"
    }

    /// The whole of it as a script, `grant.sql`; it may be run again.
    public var script: String {
        let name = Self.oneLine(role)
        let place = Self.oneLine(database)
        let head = [
            "-- What role '\(name)' needs so that Lifeboat reads the files of this cluster over SQL connections.",
            "-- Run it once, as a superuser, in database '\(place)' and no other: Lifeboat connects to that one only.",
            "-- Whoever may execute pg_read_binary_file reads every file of the data directory, password hashes",
            "-- among them. So does whoever has REPLICATION, by taking a base backup.",
            "ALTER ROLE \(quotedRole) LOGIN REPLICATION;",
        ]
        let grants = functions.map { "GRANT EXECUTE ON FUNCTION \($0) TO \(quotedRole);" }
        let sessions =
            seesSessions
            ? [
                "-- To count the sessions that run something (`busy: {sessions: …}`):",
                "GRANT pg_read_all_stats TO \(quotedRole);",
            ] : []
        return (head + grants + sessions).joined(separator: "\n") + "\n"
    }

    private var quotedRole: String { "\"\(role.replacing("\"", with: "\"\""))\"" }

    /// A name as a comment can hold it.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
