public import Model

/// What a check of a vault found.
public struct CheckReport: Sendable {
    /// One damaged, forged or missing object.
    public struct Finding: Sendable, Codable, Hashable {
        /// The object's name.
        public let object: String
        /// What is wrong with it.
        public let fact: String
        /// How closely one must look to find it.
        public let depth: CheckDepth

        /// Names a finding.
        public init(object: String, fact: String, depth: CheckDepth) {
            self.object = object
            self.fact = fact
            self.depth = depth
        }
    }

    /// How many findings, and how many foreign objects, are held one by one.
    static let largestList = 10_000

    /// How closely was looked.
    public internal(set) var depth = CheckDepth.hashes
    /// How many objects were looked at: read whole, or only their heads when ``depth`` is `listing`.
    public internal(set) var objects = 0
    /// How many bytes were read.
    public internal(set) var bytes = ByteCount.zero
    /// How many snapshots were verified.
    public internal(set) var snapshots = 0
    /// How many files were decoded and compared with their digests; zero unless the check was deep.
    public internal(set) var files = 0
    /// What is damaged, forged or missing, ordered by name.
    public internal(set) var damage: [Finding] = []
    /// What a revoked key signed and no revocation lists, and what was copied under another name: it counts for nothing, so it
    /// is no damage.
    public internal(set) var distrusted: [Finding] = []
    /// Log that was there and is not in this copy; the findings of those that are damage are in ``damage``.
    public internal(set) var holes: [LogHole] = []
    /// What is no part of a vault; harmless, but not ours.
    public internal(set) var foreign: [String] = []
    /// How many findings and foreign objects there are beyond those that are listed.
    public internal(set) var omitted = 0
    /// Packs that no snapshot names: left by interrupted backups.
    public internal(set) var unreferenced = 0
    /// Whether every byte was read in this run, rather than as many as the budget allowed.
    public internal(set) var isWhole = false
    /// The documents that remember the check in the vault.
    public internal(set) var documents: [String] = []
    /// Why the vault does not remember the check, or not all of it; nil when it does, or when nobody asked.
    public var unremembered: Fault?
    /// The newest verified snapshots of each stream; several after a fork.
    public internal(set) var newest: [StreamName: [SnapshotID]] = [:]
    /// What is known of the vault now, this check and earlier ones together; nil when nothing was remembered.
    public internal(set) var history: CheckHistory?

    /// Nothing yet.
    public init() {}
}
