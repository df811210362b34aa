public import SystemPackage

/// One thing that is brought back out of a cluster, and where it goes.
public struct PostgresThing: Sendable {
    /// What is brought back.
    public enum Subject: Sendable, Hashable {
        /// A table; of whichever database has it when none is named.
        case table(TableName, database: String?)
        /// A database.
        case database(String)
    }

    /// Where it goes.
    public enum Place: Sendable, Hashable {
        /// To standard output, as SQL.
        case output
        /// Into a new file, as SQL.
        case file(FilePath)
        /// A table becomes a new one of this name in the live database.
        case table(TableName)
        /// A database becomes a new one of this name on the live server; a table goes, under its own name, into that live database.
        case database(String)

        /// Whether the live server is needed.
        public var isLive: Bool {
            switch self {
            case .output, .file: false
            case .table, .database: true
            }
        }
    }

    /// What is brought back.
    public let subject: Subject
    /// Which rows of a table, as an SQL condition; nil for all.
    public let condition: String?
    /// Whether only rows are written, and not what makes the table.
    public let isDataOnly: Bool
    /// Where it goes.
    public let place: Place

    /// Groups them.
    public init(subject: Subject, condition: String?, isDataOnly: Bool, place: Place) {
        self.subject = subject
        self.condition = condition
        self.isDataOnly = isDataOnly
        self.place = place
    }
}

extension PostgresThing: CustomStringConvertible {
    /// `table public.calls of database app`.
    public var description: String {
        switch subject {
        case .database(let name): return "database \(name)"
        case .table(let name, let database):
            return "table \(name)" + (database.map { " of database \($0)" } ?? "")
        }
    }
}

extension PostgresThing.Place: CustomStringConvertible {
    /// `standard output`, `table public.old_calls of the live database`.
    public var description: String {
        switch self {
        case .output: "standard output"
        case .file(let path): path.string
        case .table(let name): "table \(name) of the live database"
        case .database(let name): "database \(name) of the live server"
        }
    }
}
