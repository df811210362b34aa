public import Model
public import Sealing

/// What a check of a vault is asked for.
public struct CheckRequest: Sendable {
    /// Who signs what the check found, so that the vault remembers it.
    public struct Author: Sendable {
        /// The host's keys.
        public let keys: HostKeys
        /// The time of day.
        public let clock: any Timekeeper

        /// Names an author.
        public init(keys: HostKeys, clock: any Timekeeper) {
            self.keys = keys
            self.clock = clock
        }
    }

    /// How closely to look; identities make it `deep`.
    public var depth = CheckDepth.hashes
    /// What opens the data, for a deep check.
    public var identities: [AgeIdentity] = []
    /// How many bytes to read at most; nil for all.
    ///
    /// The next check goes on where this one ends.
    public var budget: ByteCount?
    /// The newest snapshots that this host stored or saw, which must not have vanished.
    public var remembered: [SnapshotID] = []
    /// Snapshots that other copies of the vault hold: that they are not in this one is no loss.
    public var elsewhere: [SnapshotID] = []
    /// Tells which log other copies of the vault hold and gave up: that it is not in this one is no loss.
    ///
    /// Asked when a hole is found, at most once. While it throws, such a hole is told, and is no damage.
    public var logElsewhere: @Sendable () async throws(Fault) -> KnownLog = {
        () async throws(Fault) in KnownLog()
    }
    /// Whether a snapshot, or log, that is nowhere is damage.
    ///
    /// It is not while a copy cannot be asked, or is still being brought up to date.
    public var judgesHoles = true
    /// Who signs the results; nil when nothing is to be remembered.
    public var author: Author?
    /// After how many bytes a long check leaves a document: this much work is lost when it is killed.
    public var interval = ByteCount(16 << 30)

    /// Every byte, without a key, and nothing remembered.
    public init() {}

    /// Every byte and every file, and nothing remembered.
    public static func deep(_ identities: [AgeIdentity]) -> CheckRequest {
        var request = CheckRequest()
        request.identities = identities
        return request
    }
}
