public import Model

/// What a document under `gc/` says: what is to be deleted.
///
/// It is pending as long as it is there: until its author has swept it, nobody may build on what it names. It names at
/// most ``largestList`` things, so that a document stays below its limit; a larger mark is several documents.
public struct Tombstone: Sendable, Codable, Hashable {
    /// How many things one document names.
    static let largestList = 2_500

    /// Names of snapshot objects that retention gave up.
    ///
    /// Copies do not bring them back.
    public var forgets: [String] = []
    /// Packs that no snapshot which stays names.
    public var packs: [Digest256] = []
    /// Stretches of log of which pieces are to go.
    public var log: [LogStretch] = []

    /// Nothing.
    public init() {}

    /// How many things it names.
    var count: Int { forgets.count + packs.count + log.count }

    /// The streams whose retention it carries out.
    var streams: Set<StreamName> {
        let forgotten = forgets.compactMap { SnapshotID($0)?.stream }
        return Set(forgotten).union(log.map(\.stream))
    }
}
