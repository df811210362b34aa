internal import ObjectStorage

/// Some objects that follow each other in the order of names, from after one name up to another.
public struct NameRange: Sendable, Codable, Hashable {
    /// The name before the first; empty for the very beginning.
    public let after: String
    /// The last name; empty for the very end.
    public let through: String

    /// All names.
    public static let everything = NameRange(after: "", through: "")

    /// Takes the names after one and up to another.
    public init(after: String, through: String) {
        self.after = after
        self.through = through
    }

    /// Whether both ends are names, and in order; a document may say anything.
    var isSound: Bool {
        [after, through].allSatisfy { $0.isEmpty || ObjectName($0) != nil }
            && (through.isEmpty || after < through)
    }

    /// Whether a name is one of them.
    func contains(_ name: String) -> Bool {
        after < name && (through.isEmpty || name <= through)
    }
}
