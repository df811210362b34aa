/// What systemd says of a unit, as `systemctl show` prints it.
package struct UnitState: Hashable {
    /// `active`, `inactive`, `failed`, `activating` and the like.
    package let active: String
    /// `loaded`, `not-found`, `masked` and the like.
    package let load: String
    /// The units that start it again by themselves: sockets, timers, paths.
    package let triggers: [String]
    /// The units that systemd stops when it stops this one.
    package let followers: [String]
    /// Whether it is a job: one that has done its work when it has ended.
    package let isJob: Bool

    /// Through which a unit that is stopped stops others; `systemd.unit(5)`, "Mapping of unit properties to their inverses".
    private static let following: [Substring] = [
        "RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf", "PropagatesStopTo",
    ]

    /// What is asked for.
    static let properties =
        (["ActiveState", "LoadState", "TriggeredBy", "Type"] + following).joined(separator: ",")

    /// Reads lines of `NAME=VALUE`; nil when a state is not among them.
    package init?(_ text: String) {
        var values: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard let active = values["ActiveState"], let load = values["LoadState"] else { return nil }
        self.active = String(active)
        self.load = String(load)
        isJob = values["Type"] == "oneshot"
        triggers = Self.names(values["TriggeredBy"])
        followers = Self.following.flatMap { Self.names(values[$0]) }
    }

    private static func names(_ value: Substring?) -> [String] {
        (value ?? "").split(separator: " ").map { String($0) }
    }

    /// Whether there is such a unit.
    package var exists: Bool { load != "not-found" }

    /// Whether it works, or is about to.
    package var isRunning: Bool {
        ["active", "reloading", "activating", "refreshing"].contains(active)
    }

    /// Whether it was told to stop and has not ended: its processes may still do anything.
    package var isStopping: Bool { active == "deactivating" }

    /// Whether it works.
    package var isSettled: Bool { active == "active" }

    /// Whether it has ended well and was to end by itself; only of use behind a start.
    var isDone: Bool { isJob && active == "inactive" }
}
