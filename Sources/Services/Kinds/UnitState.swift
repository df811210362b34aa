/// What systemd says of a unit, as `systemctl show` prints it.
package struct UnitState: Hashable {
    /// `active`, `inactive`, `failed`, `activating` and the like.
    package let active: String
    /// `loaded`, `not-found`, `masked` and the like.
    package let load: String
    /// The units that start it again by themselves: sockets, timers, paths.
    package let triggers: [String]
    /// The names of the unit.
    package let names: Set<String>
    /// The units behind which it is started, as far as both are.
    package let after: [String]
    /// The units that systemd stops when it stops this one, or for which it starts this one again at once.
    package let followers: [String]
    /// The units with which systemd starts this one.
    package let starters: [String]
    /// Whether it is a socket each of whose connections is a unit.
    package let isAccepting: Bool
    /// Whether `systemctl` can stop it, and start it again then.
    package let canReturn: Bool
    /// Whether it is a job: one that has done its work when it has ended.
    package let isJob: Bool
    /// Whether it counts as active behind its work, without a process: Debian's `postgresql.service` is one, for its clusters.
    package let isMark: Bool

    /// Through which a unit that is stopped stops others; `systemd.unit(5)`, "Mapping of unit properties to their inverses".
    private static let following: [Substring] = [
        "RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf", "PropagatesStopTo", "UpheldBy",
    ]

    private static let starting: [Substring] = ["RequiredBy", "BoundBy", "WantedBy", "UpheldBy"]

    /// What is asked for.
    static let properties =
        ([
            "Accept", "ActiveState", "After", "CanStart", "CanStop", "LoadState", "Names",
            "RemainAfterExit", "Transient", "TriggeredBy", "Type", "WantedBy",
        ] + following).joined(separator: ",")

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
        isMark = isJob && values["RemainAfterExit"] == "yes"
        triggers = Self.names(values["TriggeredBy"])
        names = Set(Self.names(values["Names"]))
        after = Self.names(values["After"])
        followers = Self.following.flatMap { Self.names(values[$0]) }
        starters = Self.starting.flatMap { Self.names(values[$0]) }
        isAccepting = values["Accept"] == "yes"
        canReturn =
            load == "loaded" && values["Transient"] != "yes" && values["CanStart"] != "no"
            && values["CanStop"] != "no"
    }

    /// The names of a list; one with a backslash, as those of instances have, is quoted as for a shell.
    private static func names(_ value: Substring?) -> [String] {
        (value ?? "").split(separator: " ").map { word in
            guard word.count > 1, word.hasPrefix("\""), word.hasSuffix("\"") else {
                return String(word)
            }
            var name = ""
            var isEscaped = false
            for character in word.dropFirst().dropLast() {
                isEscaped = character == "\\" && !isEscaped
                if !isEscaped { name.append(character) }
            }
            return name
        }
    }

    /// The units that a process is part of, as `/proc/self/cgroup` has its groups; of a service manager within one, only that one.
    package static func units(ofGroups text: String) -> Set<String> {
        var units: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            // `NUMBER:CONTROLLERS:PATH`; systemd's own is the one without a controller, or `name=systemd`.
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, ["", "name=systemd"].contains(parts[1]) else { continue }
            for group in parts[2].split(separator: "/") {
                units.insert(String(group))
                if group.hasPrefix("user@") { break }
            }
        }
        return units
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
