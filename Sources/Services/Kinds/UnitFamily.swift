internal import Model

/// A unit with what triggers it, what cannot run without it, and what would start it: all of them stop and come back together.
///
/// systemd stops what requires a unit by itself, and starts nothing of that again. It says that it has stopped a unit when others that
/// it stops with it may still run. A timer or a socket of something that stands still would start the unit with that.
///
/// It is empty when there is no such unit. What stands still is left out, but for the unit and what triggers it.
struct UnitFamily {
    /// A unit behind what triggers it.
    private struct Group {
        let name: String
        let members: [String]
        let after: [String]
    }

    /// Somebody who may belong to it.
    private struct Relative {
        let name: String
        /// Whether it stops with one that belongs to it; else it starts one when it starts itself.
        let isTied: Bool
    }

    private let service: UnitService
    private var groups: [Group] = []
    /// The names of units that belong to it or to another service.
    private var known: Set<String> = []
    /// The names of those that would start one that belongs to it, once each.
    private var asked: Set<String> = []
    private var waiting: [Relative] = []

    /// The units of other services that stop when this one is stopped.
    private(set) var ofOthers: [String] = []

    /// Finds the family of a service's unit; changes nothing.
    ///
    /// - Throws: `E-SERVICE-STATE`, `E-COMMAND-…`.
    init(of service: UnitService) async throws(Fault) {
        self.service = service
        waiting = [Relative(name: service.unit, isTied: true)]
        while !waiting.isEmpty { try await look(at: waiting.removeFirst()) }
    }

    /// The units, those that trigger another right before it, in the order in which they start.
    var members: [[String]] {
        let (placed, circle) = StartOrder.sorted(groups, name: { $0.name }, after: { $0.after })
        return (placed + circle).map(\.members)
    }

    /// Takes in what a relative brings: one that runs itself and what is tied to it, one that stands still what would trigger it.
    private mutating func look(at relative: Relative) async throws(Fault) {
        let name = relative.name
        guard !known.contains(name), relative.isTied || asked.insert(name).inserted else { return }
        let state = try await service.state(of: name)
        let names = state.names.union([name])
        guard known.isDisjoint(with: names) else { return }
        let isHead = name == service.unit
        guard isHead || service.others.isDisjoint(with: names) else {
            // What only starts with another service is that one's.
            guard relative.isTied else { return }
            known.formUnion(names)
            ofOthers += service.others.intersection(names).sorted()
            return
        }
        let isActive = state.isRunning || state.isStopping
        guard isHead ? state.exists || isActive : relative.isTied == isActive else { return }
        known.formUnion(names)
        waiting += state.starters.map { Relative(name: $0, isTied: false) }
        if isHead || isActive {
            try await add(name, state)
        } else {
            try await addTriggers(of: state)
        }
    }

    /// Adds a unit and what triggers it.
    private mutating func add(_ name: String, _ state: UnitState) async throws(Fault) {
        let triggers = state.triggers.filter { known.insert($0).inserted }
        groups.append(Group(name: name, members: triggers + [name], after: state.after))
        var followers = state.followers
        for trigger in triggers { followers += try await service.state(of: trigger).followers }
        waiting += followers.map { Relative(name: $0, isTied: true) }
    }

    /// Adds what runs and would start something that stands still.
    private mutating func addTriggers(of state: UnitState) async throws(Fault) {
        for trigger in state.triggers where !known.contains(trigger) {
            let found = try await service.state(of: trigger)
            guard found.isRunning else { continue }
            known.insert(trigger)
            guard !service.others.contains(trigger) else {
                ofOthers.append(trigger)
                continue
            }
            groups.append(Group(name: trigger, members: [trigger], after: found.after))
        }
    }
}
