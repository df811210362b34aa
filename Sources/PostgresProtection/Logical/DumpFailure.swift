internal import Model
internal import SystemIO

/// Why a program did not write a whole dump, and what mends that.
///
/// The programs tell no SQLSTATE, so causes are known by their words, which are English unless the server speaks otherwise.
struct DumpFailure {
    /// How the program ended, and its words.
    let ending: Command.Ending
    /// Who reads the live server; nil for a scratch cluster, where everything is allowed.
    let reader: Reader?

    /// The role that dumps a live server.
    struct Reader {
        /// Its name.
        let role: String
        /// The version of its server, like 150004.
        let version: Int
        /// The database that it reads; nil for what all have in common.
        var database: String?
    }

    /// The failure of what was attempted.
    func fault(_ attempt: String) -> Fault {
        let line = ProgramWords.failure(in: ending.errorText)
        let fact = ending.status.isSuccess ? "it ended before it was complete" : "\(ending.status)"
        return Fault(
            .dumpFailed,
            "\(attempt): \(line ?? fact)",
            hints: reader.map { hints($0) }
                ?? ["Restore everything with --to DIRECTORY and take from it what you need."]
        )
    }

    private func hints(_ reader: Reader) -> [String] {
        let words = ending.errorText
        let role = SQLText.identifier(reader.role)
        if let start = words.firstRange(of: "permission denied for ")?.upperBound {
            return [Self.grant(for: words[start...], role, reader)]
        }
        if words.contains("row-level security") {
            return ["The role must see every row: ALTER ROLE \(role) BYPASSRLS;"]
        }
        if words.contains("server version mismatch") {
            return [
                "pg_dump must be of the server's version or a newer one: set `binaries:` of the component to the folder of such a one."
            ]
        }
        if words.contains("lock timeout") || words.contains("deadlock detected") {
            return [
                "Another session held a lock that keeps readers out, as a migration does: back up again when it has ended."
            ]
        }
        return []
    }

    /// What lets the role read; `object` begins with the kind and the name of what it may not.
    private static func grant(
        for object: Substring,
        _ role: String,
        _ reader: Reader
    ) -> String {
        if object.hasPrefix("database "), let database = reader.database {
            let name = SQLText.identifier(database)
            return "Let the role in: GRANT CONNECT ON DATABASE \(name) TO \(role);"
        }
        if object.hasPrefix("large object ") {
            let number = object.dropFirst("large object ".count).prefix { $0.isNumber }
            return
                "Let the role read it: GRANT SELECT ON LARGE OBJECT \(number) TO \(role); a superuser reads all of them."
        }
        // From version 14 on there is a role for it.
        guard reader.version < 140_000 else {
            return "Let the role read everything: GRANT pg_read_all_data TO \(role);"
        }
        return
            "Let the role read every schema: GRANT USAGE ON SCHEMA s TO \(role); GRANT SELECT ON ALL TABLES IN SCHEMA s TO \(role); GRANT SELECT ON ALL SEQUENCES IN SCHEMA s TO \(role);"
    }
}
