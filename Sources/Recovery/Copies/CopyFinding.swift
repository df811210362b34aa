/// Something that one copy should have handed out and did not, while another did.
public struct CopyFinding: Sendable, Hashable {
    /// The copy's name.
    public let copy: String
    /// The object's name.
    public let object: String
    /// What is wrong with it there.
    public let fact: String
    /// Whether it came from an older version in the same copy, rather than from another copy.
    public let hasOlder: Bool
}
