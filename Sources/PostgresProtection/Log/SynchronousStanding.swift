internal import Model
internal import PostgresWire

/// What a server's `synchronous_standby_names` means for the receiver of a slot.
///
/// A receiver goes by the name of its slot (`application_name`).
public enum SynchronousStanding: Sendable, Hashable {
    /// Commits do not wait for it.
    case notNamed
    /// It is named, and does not receive: commits hang, unless others are enough.
    case away
    /// It is named, and another one is in front of it.
    case potential
    /// Commits wait for it; `isAlone` when no other standby is connected that could take its place.
    case awaited(isAlone: Bool)

    /// The `sync_state` of the standbys that go by a name.
    static let state = """
        SELECT sync_state FROM pg_catalog.pg_stat_replication
        WHERE application_name = $1 AND state IS NOT NULL
        """

    static func isAwaited(_ state: String?) -> Bool { state == "sync" || state == "quorum" }

    /// Asks a server.
    ///
    /// The role sees the state of its own connections, and those of others only as a member of `pg_read_all_stats`; what it does
    /// not see counts as not there.
    init(_ connection: PostgresConnection, slot: String) throws(Fault) {
        let names = try connection.query("SHOW synchronous_standby_names").first?.first ?? nil
        let states = try connection.query(Self.state, parameters: [slot]).map { $0.first ?? nil }
        let others = try connection.query(
            """
            SELECT count(*) FROM pg_catalog.pg_stat_replication
            WHERE application_name <> $1 AND sync_state IN ('sync', 'quorum', 'potential')
            """,
            parameters: [slot]
        )
        let hasOthers = (others.first?.first ?? nil) != "0"
        self.init(names: names ?? "", slot: slot, states: states, hasOthers: hasOthers)
    }

    /// Judges what a server says: its setting, the `sync_state` of each connection that goes by the slot's name, and
    /// whether another standby is connected that the setting names.
    package init(names: String, slot: String, states: [String?], hasOthers: Bool) {
        if states.contains(where: Self.isAwaited) {
            self = .awaited(isAlone: !hasOthers)
        } else if !Self.names(names, slot) {
            self = .notNamed
        } else {
            self = states.contains("potential") ? .potential : .away
        }
    }

    /// Whether a setting names a standby: `FIRST 1 (a, "b")`, `ANY 2 (a, b, c)`, `a, b`, `*`.
    private static func names(_ setting: String, _ slot: String) -> Bool {
        var list = setting[...]
        if let open = setting.firstIndex(of: "(") {
            list = setting[setting.index(after: open)...].prefix { $0 != ")" }
        }
        return list.split(separator: ",").contains { name in
            let bare = name.drop { $0 == " " || $0 == "\"" }.prefix { $0 != " " && $0 != "\"" }
            return bare == "*" || bare.lowercased() == slot.lowercased()
        }
    }
}
