public import Model

/// Stops services, lets some work be done, and puts every service back as it was found; a state machine without any I/O.
///
/// ```
/// examine … ─▶ keep ─▶ stop … ─▶ keep: unfinished ─▶ work ─▶ keep: finished ─▶ start … ─▶ forget
///                        └ failed ──────────────────────────────────────────▶ start … ─▶ forget
/// ```
/// Stopping goes against the order, starting along it. What a ledger on the disk says of a service stands before what is found
/// now. Each ``action`` is to be done, then told with ``apply(_:)``; who is killed begins anew with the ledger that is on the disk.
/// What uses a component that is not whole does not start: it stays in the ledger.
public struct ServiceSwitch: Sendable {
    /// What is to be done.
    public enum Action: Sendable, Hashable {
        /// Find out which parts of a service run.
        case examine(String)
        /// Put a ledger on the disk.
        case keep(ServiceLedger)
        /// Stop a service.
        case stop(String)
        /// Do the work that the services are stopped for.
        case work
        /// Start parts of a service, and wait until they work.
        case start(String, [String])
        /// Remove the ledger.
        case forget
        /// Nothing more.
        case end
    }

    /// What came of an action.
    public enum Event: Sendable {
        /// The parts that run.
        case found([String])
        /// It is done.
        case done
        /// It is not done.
        case failed(Fault)
        /// The work is done, but for these components.
        case worked(unfinished: Set<String>)
    }

    private enum State {
        case examining([ServiceNode])
        case noting
        case stopping([ServiceLedger.Entry])
        case committing
        case working
        case clearing
        case starting([ServiceLedger.Entry])
        case settling
        case ended
    }

    private var state: State
    private var ledger: ServiceLedger
    /// What was unfinished before this work.
    private let unfinished: [String]
    /// The services that were asked for.
    private let wanted: Set<String>
    /// The components that the work is about.
    private let components: [String]
    /// Whether what is not there any more leaves the ledger.
    private let forgets: Bool

    /// Why the work was not begun; nil when it was.
    public private(set) var refusal: Fault?
    /// What could not be done of putting back, in order.
    public private(set) var failures: [Fault] = []

    /// Stops services for some work.
    ///
    /// - Parameters:
    ///   - services: which ones, in the order in which they start.
    ///   - components: what the work is about.
    ///   - ledger: what is on the disk.
    public init(
        stopping services: [ServiceNode],
        for components: [String],
        ledger: ServiceLedger?
    ) {
        wanted = Set(services.map(\.name))
        self.components = components
        forgets = false
        self.ledger = ledger ?? ServiceLedger(entries: [])
        unfinished = self.ledger.unfinished
        let known = Set(self.ledger.entries.map(\.name))
        state = .ended
        examine(services.filter { !known.contains($0.name) })
    }

    /// Starts what a ledger on the disk says, and nothing that may use a component that is not whole.
    ///
    /// - Parameters:
    ///   - ledger: what is on the disk.
    ///   - forgetting: whether a service that is not there any more, or runs and is not healthy, is told and then forgotten; else what is started after it waits.
    public init(puttingBack ledger: ServiceLedger, forgetting: Bool = false) {
        forgets = forgetting
        wanted = []
        components = []
        self.ledger = ledger
        unfinished = ledger.unfinished
        state = .ended
        start(ledger.entries.filter { ledger.mayStart($0) })
    }

    /// The services that the ledger still speaks of; none when it is gone.
    public var remaining: [String] { ledger.entries.map(\.name) }

    /// What is to be done now.
    public var action: Action {
        switch state {
        case .examining(let rest): .examine(rest[0].name)
        case .noting, .committing, .clearing: .keep(ledger)
        case .stopping(let rest): .stop(rest[rest.count - 1].name)
        case .working: .work
        case .starting(let rest): .start(rest[0].name, rest[0].running)
        case .settling: ledger.entries.isEmpty ? .forget : .keep(ledger)
        case .ended: .end
        }
    }

    /// Takes in what came of the action.
    public mutating func apply(_ event: Event) {
        switch (state, event) {
        case (.examining(let rest), .found(let running)):
            if !running.isEmpty {
                ledger.entries.append(ServiceLedger.Entry(rest[0], running: running))
            }
            examine(Array(rest.dropFirst()))
        case (.examining, .failed(let fault)), (.noting, .failed(let fault)):
            refusal = fault
            state = .ended
        case (.noting, .done): stop(ledger.entries.filter { wanted.contains($0.name) })
        case (.stopping(let rest), .done): stop(Array(rest.dropLast()))
        case (.stopping, .failed(let fault)), (.committing, .failed(let fault)):
            refusal = fault
            ledger.unfinished = unfinished
            start(ledger.entries.filter { ledger.mayStart($0) })
        case (.committing, .done): state = .working
        case (.working, .worked(let rest)): finish(unfinished: rest)
        case (.clearing, .done): start(ledger.entries.filter { ledger.mayStart($0) })
        case (.clearing, .failed(let fault)):
            // The ledger on the disk holds back more than it must.
            failures.append(fault)
            start(ledger.entries.filter { ledger.mayStart($0) })
        case (.starting(let rest), .done):
            ledger.entries.removeAll { $0.name == rest[0].name }
            start(Array(rest.dropFirst()))
        case (.starting(let rest), .failed(let fault))
        where forgets && [.serviceGone, .serviceUnhealthy].contains(fault.code):
            failures.append(fault)
            ledger.entries.removeAll { $0.name == rest[0].name }
            start(Array(rest.dropFirst()))
        case (.starting(let rest), .failed(let fault)):
            failures.append(fault)
            // What is started after it waits with it.
            start(rest.dropFirst().filter { !$0.node.after.contains(rest[0].name) })
        case (.settling, .done): state = .ended
        case (.settling, .failed(let fault)):
            failures.append(fault)
            state = .ended
        default: preconditionFailure("the event answers the action")
        }
    }

    private mutating func examine(_ rest: [ServiceNode]) {
        guard rest.isEmpty else {
            state = .examining(rest)
            return
        }
        let (placed, circle) = StartOrder.sorted(
            ledger.entries,
            name: { $0.name },
            after: { $0.node.after }
        )
        // A circle needs two configurations that contradict each other; then any order is as good.
        ledger.entries = placed + circle
        // Where nothing runs, nothing has to be put back.
        state = ledger.entries.isEmpty ? .working : .noting
    }

    private mutating func stop(_ rest: [ServiceLedger.Entry]) {
        guard rest.isEmpty else {
            state = .stopping(rest)
            return
        }
        ledger.unfinished += components.filter { !ledger.unfinished.contains($0) }
        state = .committing
    }

    private mutating func finish(unfinished rest: Set<String>) {
        ledger.unfinished = ledger.unfinished.filter {
            rest.contains($0) || !components.contains($0)
        }
        state = ledger.entries.isEmpty ? .ended : .clearing
    }

    private mutating func start(_ rest: [ServiceLedger.Entry]) {
        state = rest.isEmpty ? .settling : .starting(rest)
    }
}
