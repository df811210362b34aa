/// One compose file.
public struct ComposeDocument: Sendable, Hashable {
    /// Its absolute path.
    public let path: String
    /// What it says.
    public let text: String

    /// Groups the two.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
