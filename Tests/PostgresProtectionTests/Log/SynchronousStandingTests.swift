import PostgresProtection
import Testing

/// What `synchronous_standby_names` means for the receiver.
struct SynchronousStandingTests {
    private func standing(
        _ names: String,
        _ states: [String?] = [],
        others: Bool = false
    ) -> SynchronousStanding {
        SynchronousStanding(names: names, slot: "lifeboat_db", states: states, hasOthers: others)
    }

    @Test(arguments: ["", "standby1", "ANY 1 (a, lifeboat_db2)", "lifeboat_db2, a"])
    func `a setting that does not name the slot makes nobody wait`(names: String) {
        #expect(standing(names) == .notNamed)
    }

    @Test(arguments: [
        "lifeboat_db", "*", "FIRST 1 (a, lifeboat_db)", "ANY 2 (\"LIFEBOAT_DB\" , b)",
        "a, lifeboat_db",
    ])
    func `a setting that names a slot which nobody receives is told`(names: String) {
        #expect(standing(names) == .away)
        #expect(standing(names, [nil, "async"]) == .away)
        #expect(standing(names, ["potential"], others: true) == .potential)
        #expect(standing(names, ["sync"]) == .awaited(isAlone: true))
        #expect(standing(names, ["quorum"], others: true) == .awaited(isAlone: false))
    }
}
