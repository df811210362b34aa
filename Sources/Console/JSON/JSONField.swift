/// One field of a JSON object.
public struct JSONField: Sendable, Hashable {
    /// The key.
    public let name: String
    /// What it holds.
    public let value: JSONValue

    /// Pairs a key and a value.
    public init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}
