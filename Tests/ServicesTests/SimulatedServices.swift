import Model
import Services

/// Services, a disk with a ledger, and some work, all simulated: it does what a ``ServiceSwitch`` asks for, until it is killed.
struct SimulatedServices {
    /// The services in the order in which they start.
    let nodes: [ServiceNode]
    /// The parts of each service that run.
    var running: [String: Set<String>]
    /// What is on the disk.
    var ledger: ServiceLedger?
    /// The components that are not whole.
    var broken: Set<String> = []
    /// What happened, in order.
    var history: [String] = []
    /// Services that do not stop, and services that do not start.
    var stubborn: Set<String> = []
    var lame: Set<String> = []

    /// Where a run is killed.
    struct Kill {
        /// After so many actions.
        let step: Int
        /// Whether the last one was done before.
        let isDone: Bool
    }

    init(_ nodes: [ServiceNode], running: [String: Set<String>]) {
        self.nodes = nodes
        self.running = running
    }

    /// Restores components; nil when it was killed.
    mutating func restore(
        _ components: [String],
        failing: Set<String> = [],
        kill: Kill? = nil
    ) -> ServiceSwitch? {
        let wanted = nodes.filter { $0.mayUse(components) }
        let machine = ServiceSwitch(stopping: wanted, for: components, ledger: ledger)
        return run(machine, kill) { world in
            // Nobody who may use a component runs while it is replaced.
            for node in wanted where world.running[node.name]?.isEmpty == false {
                world.history.append("\(node.name) RUNS DURING THE WORK")
            }
            world.broken.formUnion(components)
            return { world in
                world.broken.subtract(components)
                world.broken.formUnion(failing)
                return failing
            }
        }
    }

    /// Restores components and is not killed.
    mutating func restored(
        _ components: [String],
        failing: Set<String> = []
    ) throws(Fault) -> ServiceSwitch {
        if let machine = restore(components, failing: failing) { return machine }
        throw Fault(.serviceState, "unable to restore: nobody killed it")
    }

    /// Puts back what the ledger says and is not killed.
    mutating func putBack() throws(Fault) -> ServiceSwitch {
        if let machine = putBack(kill: nil) { return machine }
        throw Fault(.serviceState, "unable to put back: nobody killed it")
    }

    /// Puts back what the ledger says; nil when it was killed.
    mutating func putBack(kill: Kill?) -> ServiceSwitch? {
        guard let ledger else { return ServiceSwitch(puttingBack: ServiceLedger(entries: [])) }
        return run(ServiceSwitch(puttingBack: ledger), kill) { _ in { _ in [] } }
    }

    private mutating func run(
        _ start: ServiceSwitch,
        _ kill: Kill?,
        work: (inout SimulatedServices) -> (inout SimulatedServices) -> Set<String>
    ) -> ServiceSwitch? {
        var machine = start
        var step = 0
        while machine.action != .end {
            let isLast = kill?.step == step
            if isLast, kill?.isDone == false {
                // Half of the work counts as none of it done well.
                if machine.action == .work { _ = work(&self) }
                return nil
            }
            let event = perform(machine.action, work)
            if isLast { return nil }
            machine.apply(event)
            step += 1
        }
        return machine
    }

    private mutating func perform(
        _ action: ServiceSwitch.Action,
        _ work: (inout SimulatedServices) -> (inout SimulatedServices) -> Set<String>
    ) -> ServiceSwitch.Event {
        switch action {
        case .examine(let name): return .found((running[name] ?? []).sorted())
        case .keep(let new): ledger = new
        case .stop(let name):
            if stubborn.contains(name) { return .failed(Fault(.serviceStop, "no: \(name)")) }
            history.append("stop \(name)")
            running[name] = []
        case .work:
            let finish = work(&self)
            return .worked(unfinished: finish(&self))
        case .start(let name, let parts):
            if lame.contains(name) { return .failed(Fault(.serviceStart, "no: \(name)")) }
            history.append("start \(name)")
            let node = nodes.first { $0.name == name }
            if let node, node.mayUse(broken) { history.append("\(name) STARTS ON RUINS") }
            running[name, default: []].formUnion(parts)
        case .forget: ledger = nil
        case .end: break
        }
        return .done
    }

    /// What must never happen, as far as it did.
    var crimes: [String] { history.filter { $0.contains("RUNS DURING") || $0.contains("RUINS") } }
}
