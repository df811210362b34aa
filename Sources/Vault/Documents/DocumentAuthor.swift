internal import Model

/// The keys that every numbered document begins with: what it is, whose, and when.
struct DocumentAuthor: Codable {
    var format = 1
    let type: String
    let vault: Digest256
    /// The host whose enrolled key signs it.
    let host: String
    let time: Instant
    /// The number in its name; absent in documents of the first versions.
    let number: UInt64?
    /// The text of the host's signed document, in case `hosts/` loses it.
    let enrolment: String?
}
