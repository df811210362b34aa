/// A block that a record of the log changes.
public struct WALBlockReference: Sendable, Hashable {
    /// The fork of rows and index entries, as `fork` numbers it; then come free space map,
    /// visibility map and initial fork.
    public static let mainFork: UInt8 = 0

    /// The reference's number in its record.
    public let number: UInt8
    /// The number of the fork.
    public let fork: UInt8
    /// The relation.
    public let relation: RelationID
    /// The block of the fork.
    public let block: UInt32
    /// The bytes of the page's image in the record, compressed or not; 0 when it carries none.
    public let imageLength: UInt16
    /// The bytes that the record says about this block besides.
    public let dataLength: UInt16
    /// Whether replay begins the page anew instead of reading it.
    public let isInitialised: Bool
}
