internal import Model
internal import RedisProtection

/// What a person asks of a restore of Redis beyond where and when.
public struct RedisWish: Sendable {
    /// What becomes of the moments at which things expire.
    public enum Expiries: String, Sendable, CaseIterable {
        /// They stay.
        case keep
        /// They move on by the time since the snapshot.
        case shift
        /// They are dropped.
        case drop
    }

    /// What becomes of them.
    public var expiries = Expiries.keep
    /// Whether the data goes into the running server instead of the files of a stopped one.
    public var isLive = false
    /// The databases of the keys that come back; all when empty.
    public var databases: [Int] = []
    /// The keys that come back, by name.
    public var keys: [String] = []
    /// What the names of keys that come back begin with.
    public var prefixes: [String] = []
    /// Whether keys that are there stay as they are.
    public var keepsExisting = false
    /// The address of this host where the server fetches all data; nil for the one that it sees.
    public var listen: String?
    /// Whether what the server holds now is put into the copies first.
    public var hasSafetyCopy = true

    /// Asks for nothing special.
    public init() {}

    /// Whether only chosen keys come back.
    public var hasSelection: Bool { !databases.isEmpty || !keys.isEmpty || !prefixes.isEmpty }

    /// The keys as the component takes them; nil for all data.
    ///
    /// - Throws: never for a wish with a selection.
    func selection() throws(Fault) -> RedisSelection? {
        guard hasSelection else { return nil }
        return try RedisSelection(
            databases: Set(databases),
            names: keys,
            prefixes: prefixes,
            keepsExisting: keepsExisting
        )
    }

    /// What becomes of the expiries, as the component takes it.
    var mode: RedisExpiries {
        switch expiries {
        case .keep: .keep
        case .shift: .shift
        case .drop: .drop
        }
    }
}
