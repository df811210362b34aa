/// One key of a mapping: what decoding, the JSON Schema and the commented template all read.
struct Key: Sendable {
    /// The key's text.
    let name: String
    /// What its value must be.
    let form: Form
    /// Whether it must be there.
    let isRequired: Bool
    /// What it means, in one line.
    let summary: String

    init(_ name: String, _ form: Form, required: Bool = false, _ summary: String) {
        self.name = name
        self.form = form
        self.isRequired = required
        self.summary = summary
    }
}
