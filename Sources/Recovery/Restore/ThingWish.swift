internal import Model
internal import PostgresProtection
public import SystemPackage

/// One table or one database that a person asks for instead of a whole cluster.
public struct ThingWish: Sendable {
    /// Where it goes.
    public enum Place: Sendable, Hashable {
        /// To standard output, as SQL.
        case output
        /// Into a new file, as SQL.
        case file(FilePath)
        /// Into a new table of the live database, by its name.
        case table(String)
        /// A database becomes a new one of this name; a table goes into that database of the live server.
        case database(String)
    }

    /// The table, `SCHEMA.TABLE`; nil for a whole database.
    public var table: String?
    /// The database; nil for whichever has the table.
    public var database: String?
    /// Which rows of the table, as an SQL condition; nil for all.
    public var condition: String?
    /// Whether only rows are written, and not what makes the table.
    public var isDataOnly: Bool
    /// Where it goes.
    public var place: Place

    /// Groups them.
    public init(
        table: String?,
        database: String?,
        condition: String? = nil,
        isDataOnly: Bool = false,
        place: Place = .output
    ) {
        self.table = table
        self.database = database
        self.condition = condition
        self.isDataOnly = isDataOnly
        self.place = place
    }

    /// The wish as the component takes it.
    ///
    /// - Throws: `E-VALUE` when a name is none.
    func thing() throws(Fault) -> PostgresThing {
        let place: PostgresThing.Place =
            switch self.place {
            case .output: .output
            case .file(let path): .file(path)
            case .table(let text): .table(try Self.name(text))
            case .database(let name): .database(name)
            }
        let subject: PostgresThing.Subject
        if let table {
            subject = .table(try Self.name(table), database: database)
        } else if let database {
            subject = .database(database)
        } else {
            throw Fault(
                .invalidValue,
                "unable to restore one thing: neither a table nor a database is named"
            )
        }
        return PostgresThing(
            subject: subject,
            condition: condition,
            isDataOnly: isDataOnly,
            place: place
        )
    }

    /// What it is and where it goes, in words.
    ///
    /// - Throws: as ``thing()``.
    func text() throws(Fault) -> String {
        let thing = try thing()
        return "\(thing) to \(thing.place)"
    }

    private static func name(_ text: String) throws(Fault) -> TableName {
        if let name = TableName(text) { return name }
        throw Fault(
            .invalidValue,
            "unable to read table '\(text)': it is not SCHEMA.TABLE",
            hints: [
                "Put a part with dots, quotes or capitals into double quotes: --table 'public.\"Old.Calls\"'"
            ]
        )
    }
}
