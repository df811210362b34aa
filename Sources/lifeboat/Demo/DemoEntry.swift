import Model
import Sealing

/// A row that the demonstration has written to `calls`, as its ledger keeps it.
struct DemoEntry: Sendable {
    /// The row's number.
    let id: Int64
    /// What was written, so that nothing else could take its place.
    let marker: String
    /// A moment of the server's clock before the row was committed.
    let before: Instant
    /// A moment of the server's clock after it was committed.
    let after: Instant

    /// What identifies the row: SHA-256 of `<id>:<marker>`, in hexadecimal.
    var digest: String { Hashing.sha256(Array("\(id):\(marker)".utf8)).description }
}
