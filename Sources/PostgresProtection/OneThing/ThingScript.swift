internal import Model
internal import PostgresWire
internal import SystemIO

/// What was found, as SQL that `psql` takes: a row of parts, written one after the other.
struct ThingScript {
    /// A part of it.
    private enum Part {
        case text(String)
        /// What `pg_dump` writes.
        case dump([String])
        /// The rows of a query, in the server's text form.
        case rows(TableRows)
    }

    let session: ScratchSession
    let database: String
    private let parts: [Part]

    /// A whole database; with what makes the database itself, when `creating`.
    static func database(
        _ name: String,
        creating: Bool = false,
        isDataOnly: Bool = false,
        _ session: ScratchSession
    ) -> ThingScript {
        ThingScript(
            session: session,
            database: name,
            parts: [
                .dump((creating ? ["--create"] : []) + (isDataOnly ? ["--data-only"] : []))
            ]
        )
    }

    /// A table as `pg_dump` writes it; with a condition, only the rows that meet it.
    static func table(
        _ table: FoundTable,
        where condition: String?,
        isDataOnly: Bool = false,
        _ session: ScratchSession
    ) -> ThingScript {
        // The command line is in UTF-8, and names are compared in the encoding of the dump.
        let base =
            ["--encoding=UTF8"] + table.members.flatMap { ["--table", $0.sql] }
        guard let condition else {
            let parts = [Part.dump(isDataOnly ? base + ["--data-only"] : base)]
            return ThingScript(session: session, database: table.database, parts: parts)
        }
        let columns = table.columns.filter { !$0.isGenerated }
        let rows = TableRows(table: table, columns: columns, condition: condition)
        let data: [Part] = [
            .text(header + copy(columns, into: table.name)), .rows(rows), .text("\\.\n\n"),
        ]
        // What sequences stand at is data too.
        let excluded = table.members.flatMap { ["--exclude-table-data", $0.sql] }
        let before: [Part] = [
            .dump(base + ["--section=pre-data"]), .dump(base + ["--section=data"] + excluded),
        ]
        let parts = isDataOnly ? data : before + data + [.dump(base + ["--section=post-data"])]
        return ThingScript(session: session, database: table.database, parts: parts)
    }

    /// A new table of another name with the same columns and rows: no index, no default, no constraint but `NOT NULL`, since those may
    /// be taken, or lead to what is not there any more.
    static func copy(
        of table: FoundTable,
        as name: TableName,
        where condition: String?,
        _ session: ScratchSession
    ) -> ThingScript {
        let columns = table.columns.map { column in
            "  " + SQLText.identifier(column.name) + " " + column.type
                + (column.collation.map { " COLLATE \($0)" } ?? "")
                + (column.isRequired ? " NOT NULL" : "")
        }
        let make = "CREATE TABLE \(name.sql) (\n\(columns.joined(separator: ",\n"))\n);\n\n"
        let rows = TableRows(table: table, columns: table.columns, condition: condition)
        return ThingScript(
            session: session,
            database: table.database,
            parts: [
                .text(header + make + copy(table.columns, into: name)), .rows(rows),
                .text("\\.\n\n"),
            ]
        )
    }

    /// What makes the session of whoever reads the script like the one that wrote it.
    private static let header = """
        SET client_encoding = 'UTF8';
        SET standard_conforming_strings = on;
        SELECT pg_catalog.set_config('search_path', '', false);


        """

    private static func copy(_ columns: [FoundTable.Column], into name: TableName) -> String {
        let list = columns.map { SQLText.identifier($0.name) }.joined(separator: ", ")
        return "COPY \(name.sql)\(list.isEmpty ? "" : " (\(list))") FROM stdin;\n"
    }

    /// Writes the script.
    ///
    /// - Returns: how many rows it holds, where that is known.
    /// - Throws: `E-PG-DUMP` when a part could not be read to its end, `E-VALUE` for a condition that the server does not understand,
    ///   `E-IO-…` when it cannot be written, `E-CANCELLED`. Then a part of it was written.
    func write(to file: borrowing Descriptor) async throws(Fault) -> Int? {
        for case .rows(let rows) in parts { try rows.prepare(session) }
        var count: Int?
        for part in parts {
            switch part {
            case .text(let text): try file.write(Array(text.utf8))
            case .dump(let arguments): try await dump(arguments, to: file)
            case .rows(let rows): count = try rows.write(to: file, session)
            }
        }
        return count
    }

    private func dump(
        _ arguments: [String],
        to file: borrowing Descriptor
    ) async throws(Fault) {
        let command = session.command("pg_dump", arguments, database: database)
        var trailer = DumpTrailer(isOfCluster: false)
        let ending = try await command.read { bytes async throws(Fault) in
            trailer.update(bytes)
            try file.write(bytes)
        }
        guard ending.status.isSuccess, trailer.isWhole else {
            throw DumpFailure(ending: ending, reader: nil).fault(
                "unable to read database '\(database)' back"
            )
        }
    }
}
