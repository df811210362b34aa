/// Takes passwords out of texts that libpq or a server wrote.
struct SecretScrubber: Sendable {
    private let secrets: [String]

    /// Remembers the secrets; empty ones are ignored.
    init(_ secrets: [String]) {
        self.secrets = secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text with every secret replaced.
    func scrub(_ text: String) -> String {
        secrets.reduce(text) { rest, secret in rest.replacing(secret, with: "<hidden>") }
    }

    /// The error with every secret replaced.
    func scrub(_ error: ServerError) -> ServerError {
        ServerError(
            sqlState: error.sqlState,
            message: scrub(error.message),
            detail: scrub(error.detail),
            hint: scrub(error.hint)
        )
    }
}
