/// A place in a file that holds a secret, or a file that is one; never the secret itself.
struct SecretFinding: Sendable, Hashable {
    /// The file, for messages.
    let path: String
    /// The line, counted from 1; nil when the file as a whole is meant.
    let line: Int?
    /// What it looks like.
    let rule: String

    /// The finding in words.
    var text: String {
        let place = line.map { "\(path), line \($0)" } ?? path
        return "\(place): \(rule)"
    }
}
