/// The one key of `format.json` that every format has.
struct FormatNumber: Codable {
    let format: Int
}
