/// A snapshot whose head has been verified.
public struct Snapshot: Sendable {
    /// Its name.
    public let id: SnapshotID
    /// What it says of itself.
    public let head: SnapshotHead
    /// The object's length, in bytes.
    public let objectBytes: Int64
    /// Where the body begins in the object.
    let bodyOffset: Int
}
