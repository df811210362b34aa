/// Something that lies where objects lie and is none: a link, a pipe, a name that no object can have.
public struct StoreOddity: Sendable, Hashable {
    /// Where it lies below the store's root, in printable text.
    public let place: String
    /// What it is, such as `a named pipe`.
    public let kind: String

    /// Describes one.
    public init(place: String, kind: String) {
        self.place = place
        self.kind = kind
    }
}
