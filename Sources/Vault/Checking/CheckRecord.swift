public import Model

/// What a document under `checks/` says: which bytes were read, and what was wrong.
///
/// A long check leaves several, so that a killed one has not been for nothing; the last of them has ``ended``.
public struct CheckRecord: Sendable, Codable, Hashable {
    /// How many findings one document names.
    public static let largestList = 1000

    /// How closely was looked.
    public let depth: CheckDepth
    /// When the check began, by its author's clock: nothing that was stored later was looked at.
    public let started: Instant
    /// The names of log pieces, packs and snapshots of which every byte was read.
    public var covered: [NameRange] = []
    /// Whether all names, documents and heads were looked at too; a deep check has then decoded everything.
    public var ended = false
    /// How many objects were read whole.
    public var objects = 0
    /// How many bytes they have.
    public var bytes: Int64 = 0
    /// What is damaged, forged or missing.
    public var damage: [CheckReport.Finding] = []
    /// How many findings more there were than ``damage`` can name.
    public var omitted = 0
    /// How many findings of this document and those before it hold; when there are none, a reader needs no older one.
    public var open = 0

    /// Nothing yet.
    public init(depth: CheckDepth, started: Instant) {
        self.depth = depth
        self.started = started
    }

    /// Whether the document would name the object of an older finding if it still held.
    func looked(at finding: CheckReport.Finding) -> Bool {
        switch finding.depth {
        case .listing: ended
        case .hashes: covered.contains { $0.contains(finding.object) }
        case .deep: ended && depth == .deep
        }
    }

    /// Whether what it says can be meant; a signature does not make it so.
    var isSound: Bool { covered.allSatisfy(\.isSound) && objects >= 0 && bytes >= 0 && open >= 0 }
}
