/// What a golden vault holds, as its writer knew it.
struct GoldenExpectation: Codable {
    /// The SHA-256 of every file, by snapshot and path.
    var snapshots: [String: [String: String]] = [:]
    /// How far the log reaches.
    var logEnd = 0
    /// The SHA-256 of the log up to there.
    var log = ""
    /// How many signed documents each folder has.
    var documents: [String: Int] = [:]
    /// The snapshot that is held.
    var held = ""
}
