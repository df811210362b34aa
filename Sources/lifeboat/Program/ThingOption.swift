import ArgumentParser
import Model
import Recovery

/// The flags that ask for one table or one database.
struct ThingOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Bring back this table of PostgreSQL, and nothing else.",
            discussion: "As in SQL: 'public.\"Old.Calls\"' keeps capitals and dots.",
            valueName: "SCHEMA.TABLE"
        )
    )
    var table: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Bring back this database and nothing else; with --table: the one that has the table.",
            discussion: "Default with --table: whichever has it.",
            valueName: "NAME"
        )
    )
    var database: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Only the rows of --table that meet this SQL condition.",
            valueName: "SQL"
        )
    )
    var `where`: String?
    @Flag(name: .long, help: "Only rows, for a table that is there, not what makes it.")
    var dataOnly = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --table or --database: where the cluster is recovered meanwhile.",
            discussion: "Default: /var/tmp. It needs as much room as the cluster.",
            valueName: "DIR"
        )
    )
    var scratch: String?

    private static let tablePrefix = "table:"
    private static let databasePrefix = "database:"

    /// What the flags ask for; nil when they ask for nothing of the kind.
    ///
    /// - Throws: `E-USAGE` when they contradict each other, or the place.
    func wish(to place: String?) throws(Fault) -> ThingWish? {
        guard table != nil || database != nil else {
            try refuseOrphans(place)
            return nil
        }
        return ThingWish(
            table: table,
            database: database,
            condition: `where`,
            isDataOnly: dataOnly,
            place: try Self.place(place ?? "stdout")
        )
    }

    private static func place(_ text: String) throws(Fault) -> ThingWish.Place {
        if text == "stdout" { return .output }
        for (prefix, make) in [
            (tablePrefix, { ThingWish.Place.table($0) }),
            (databasePrefix, { ThingWish.Place.database($0) }),
        ] where text.hasPrefix(prefix) && text != prefix {
            return make(String(text.dropFirst(prefix.count)))
        }
        if text.hasSuffix(".sql") { return .file(WorkingDirectory.absolute(text)) }
        throw Fault(
            .usage,
            "unable to restore one table or database to '\(text)': it is no place for that",
            hints: ["Write --to stdout, FILE.sql, table:NAME or database:NAME."]
        )
    }

    private func refuseOrphans(_ place: String?) throws(Fault) {
        let flags = [
            (`where` != nil, "--where"), (dataOnly, "--data-only"), (scratch != nil, "--scratch"),
        ]
        if let flag = flags.first(where: \.0)?.1 {
            throw Fault(
                .usage,
                "unable to understand \(flag): there is no --table or --database",
                hints: ["Name what comes back: --table SCHEMA.TABLE"]
            )
        }
        guard let place else { return }
        let prefixes = [Self.tablePrefix, Self.databasePrefix]
        guard place == "stdout" || prefixes.contains(where: { place.hasPrefix($0) }) else { return }
        throw Fault(
            .usage,
            "unable to restore to '\(place)': only one table or database goes there",
            hints: [
                "Name it with --table SCHEMA.TABLE or --database NAME; a folder of that name is ./\(place)."
            ]
        )
    }
}
