public import Model
internal import SystemIO

/// Stops and starts real services, with a ledger on the disk; see ``ServiceSwitch`` for the order of things.
public struct ServiceKeeper: Sendable {
    /// What came of it.
    public struct Ending: Sendable {
        /// Why the work was not begun; nil when it was.
        public let refusal: Fault?
        /// What could not be done of putting back, in order.
        public let failures: [Fault]
        /// The services that are still stopped, by name.
        public let stopped: [String]
    }

    private let services: [String: any ServiceControl]
    private let file: LedgerFile
    private let notice: @Sendable (String) -> Void

    /// Takes services by name.
    ///
    /// - Parameters:
    ///   - services: what is configured, by name.
    ///   - file: where the ledger is.
    ///   - notice: hears what is stopped and started.
    public init(
        _ services: [String: any ServiceControl],
        file: LedgerFile,
        notice: @escaping @Sendable (String) -> Void
    ) {
        self.services = services
        self.file = file
        self.notice = notice
    }

    /// Stops services, does the work, and puts back what ran.
    ///
    /// When the work was not begun everything runs again that ran, as far as `failures` does not say otherwise. When this is killed,
    /// or cancelled, the ledger says what ran: the next call, or ``putBack(regardless:)``, goes by it.
    ///
    /// - Parameters:
    ///   - nodes: which ones, in the order in which they start.
    ///   - components: what the work is about.
    ///   - work: the work; tells which of the components are not whole.
    /// - Returns: what came of it.
    /// - Throws: `E-SERVICES-BUSY`, `E-SERVICE-LEDGER`, `E-IO-…`; nothing was done then.
    public func stop(
        _ nodes: [ServiceNode],
        for components: [String],
        _ work: () async -> Set<String>
    ) async throws(Fault) -> Ending {
        let lock = try file.lock()
        let start = ServiceSwitch(
            stopping: nodes,
            for: components,
            ledger: try file.read()
        )
        let ending = await run(start, work)
        lock.release()
        return ending
    }

    /// Puts back what the ledger says, if there is one.
    ///
    /// - Parameter regardless: whether also what may use a component that is not whole is started, and what is gone or not healthy is forgotten.
    /// - Returns: nil when there is no ledger.
    /// - Throws: `E-SERVICES-BUSY`, `E-SERVICE-LEDGER`, `E-IO-…`; nothing was done then.
    public func putBack(regardless: Bool) async throws(Fault) -> Ending? {
        guard try file.read() != nil else { return nil }
        let lock = try file.lock()
        guard var ledger = try file.read() else { return nil }
        if regardless { ledger.unfinished = [] }
        let ending = await run(ServiceSwitch(puttingBack: ledger, forgetting: regardless)) { [] }
        lock.release()
        return ending
    }

    private func run(_ start: ServiceSwitch, _ work: () async -> Set<String>) async -> Ending {
        var machine = start
        while machine.action != .end {
            machine.apply(await perform(machine.action, work))
        }
        return Ending(
            refusal: machine.refusal,
            failures: machine.failures,
            stopped: machine.remaining
        )
    }

    private func perform(
        _ action: ServiceSwitch.Action,
        _ work: () async -> Set<String>
    ) async -> ServiceSwitch.Event {
        do throws(Fault) {
            switch action {
            case .examine(let name):
                let parts = try await control(of: name).parts()
                return .found(parts.filter(\.isRunning).map(\.name))
            case .keep(let ledger): try file.write(ledger)
            case .stop(let name):
                notice("stopping \(name)")
                try await control(of: name).stop()
            case .work: return .worked(unfinished: await work())
            case .start(let name, let parts):
                notice("starting \(name)")
                try await control(of: name).start(parts)
            case .forget: try file.remove()
            case .end: break
            }
            return .done
        } catch { return .failed(error) }
    }

    private func control(of name: String) throws(Fault) -> any ServiceControl {
        if let service = services[name] { return service }
        throw Fault(
            .serviceGone,
            "unable to control service '\(name)': the configuration does not name it any more",
            hints: [
                "Start it yourself if it should run, or put it under `services:` again.",
                "What is gone for good is forgotten by: lifeboat services --put-back",
            ]
        )
    }
}
