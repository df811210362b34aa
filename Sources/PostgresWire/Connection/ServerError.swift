/// An error as a PostgreSQL server reports it; the cause of the fault that is thrown for it.
public struct ServerError: Error, Sendable, Hashable {
    /// The five characters of the SQLSTATE; empty when the connection broke before one came.
    public let sqlState: String
    /// The message in the server's language.
    public let message: String
    /// More about it, or empty.
    public let detail: String
    /// The server's own advice, or empty.
    public let hint: String

    /// Wraps the fields of a report.
    public init(sqlState: String, message: String, detail: String = "", hint: String = "") {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.hint = hint
    }
}
