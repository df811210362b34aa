public import Model
public import Services
internal import StackConfiguration
internal import SystemPackage

/// The services around the data of a stack: what a restore stops, and how everything is put back.
public struct StackServices: Sendable {
    private let stack: Stack

    /// Takes the services of a stack; nothing is reached.
    public init(_ stack: Stack) { self.stack = stack }

    /// Where it is noted what was stopped.
    private var ledger: LedgerFile { LedgerFile(in: stack.state) }

    private var configured: [ServiceConfiguration] { stack.configuration.services }

    /// Finds out what a restore of some components would do; changes nothing.
    ///
    /// - Returns: nil when the stack has no services.
    /// - Throws: `E-SERVICE-…`, `E-ENGINE-…`, `E-COMMAND-…`, with the way to do without.
    func plan(for components: [String]) async throws(Fault) -> ServicePlan? {
        guard !configured.isEmpty else { return nil }
        do throws(Fault) {
            let controls = try controls()
            let order = try await order(controls)
            let left = Set(try ledger.read()?.entries.map(\.name) ?? [])
            let nodes = order.services(using: components)
            var items: [ServicePlan.Item] = []
            for node in nodes {
                guard let control = controls[node.name] else { continue }
                items.append(
                    ServicePlan.Item(
                        name: node.name,
                        title: control.title,
                        parts: try await control.parts(),
                        isLeft: left.contains(node.name)
                    )
                )
            }
            return ServicePlan(items: items, others: try await others(), nodes: nodes)
        } catch {
            throw error.adding(hint: "Or leave the services as they are: --no-services")
        }
    }

    /// Stops what a plan says, does the work, and puts back what ran.
    ///
    /// - Throws: as ``ServiceKeeper/stop(_:for:_:)``; nothing was done then.
    func stop(
        _ plan: ServicePlan,
        for components: [String],
        _ work: () async -> Set<String>
    ) async throws(Fault) -> ServiceKeeper.Ending {
        try await keeper().stop(plan.nodes, for: components, work)
    }

    /// Starts what a restore stopped and, since it was killed or cancelled, did not start again.
    ///
    /// - Parameter regardless: whether also what may use a component is started whose restore did not come to its end.
    /// - Returns: nil when there is nothing of that.
    /// - Throws: `E-SERVICES-BUSY` while a restore runs, `E-SERVICE-LEDGER`, `E-ENGINE-ADDRESS`, `E-IO-…`.
    public func putBack(regardless: Bool) async throws(Fault) -> ServiceKeeper.Ending? {
        guard try ledger.read() != nil else { return nil }
        return try await keeper().putBack(regardless: regardless)
    }

    /// How each service is, in the order of the configuration.
    ///
    /// - Throws: `E-ENGINE-ADDRESS`, `E-SERVICE-LEDGER`, `E-IO-…`.
    public func standings() async throws(Fault) -> [ServiceStanding] {
        let controls = try controls()
        let ledger = try ledger.read()
        var standings: [ServiceStanding] = []
        for service in configured {
            guard let control = controls[service.name] else { continue }
            let entry = ledger?.entries.first { $0.name == service.name }
            standings.append(
                ServiceStanding(
                    name: service.name,
                    title: control.title,
                    parts: await Self.parts(of: control),
                    isLeft: entry != nil,
                    waitsFor: entry.flatMap { entry in
                        ledger?.unfinished.filter { entry.node.mayUse([$0]) }
                    } ?? []
                )
            )
        }
        return standings
    }

    /// Services of the compose project that run and that the configuration does not name.
    ///
    /// - Throws: `E-ENGINE-…`.
    public func others() async throws(Fault) -> [String] {
        let containers = try await project()
        var named: Set<String> = []
        for service in configured {
            switch service.way {
            case .compose(let name): named.insert("service " + name)
            case .container(let name): named.insert("container " + name)
            case .unit, .commands: continue
            }
        }
        let others = containers.filter { container in
            container.isRunning && !container.isOneOff
                && !named.contains("service " + (container.service ?? ""))
                && !named.contains("container " + container.name)
        }
        return Set(others.map { $0.service ?? $0.name }).sorted()
    }

    /// Removes the containers that a killed run has left in which server programs ran; asks the engine only when there are any.
    ///
    /// - Returns: what could not be done.
    public func removeLeftContainers() async -> [Fault] {
        await ContainerMark.sweep(stack.containerMarks) { () throws(Fault) in try engine() }
    }

    /// The containers of the compose project; none when there is no project.
    private func project() async throws(Fault) -> [Container] {
        guard let compose = stack.configuration.compose else { return [] }
        return try await engine().containers(labelled: [
            "com.docker.compose.project": compose.project
        ])
    }

    private func keeper() throws(Fault) -> ServiceKeeper {
        ServiceKeeper(try controls(), file: ledger, notice: stack.notice)
    }

    private static func parts(of control: any ServiceControl) async -> Result<[ServicePart], Fault>
    {
        do throws(Fault) {
            return .success(try await control.parts())
        } catch { return .failure(error) }
    }

    /// The engine that runs the containers of the stack.
    func engine() throws(Fault) -> ContainerEngine {
        guard let text = stack.configuration.compose?.engine else {
            return ContainerEngine(try EngineAddress(variables: stack.secrets.variables))
        }
        return ContainerEngine(try EngineAddress(text))
    }

    /// The names of the services that are units, by unit.
    private var units: [String: String] {
        var units: [String: String] = [:]
        for service in configured {
            if case .unit(let name) = service.way { units[name] = service.name }
        }
        return units
    }

    /// How each service is controlled, by name.
    func controls() throws(Fault) -> [String: any ServiceControl] {
        var controls: [String: any ServiceControl] = [:]
        let engine = try engine()
        for service in configured {
            let patience = service.healthyWithin
            switch service.way {
            case .compose(let name):
                let project = stack.configuration.compose?.project ?? ""
                controls[service.name] = ContainerService(
                    .compose(project: project, service: name),
                    of: engine,
                    patience: patience
                )
            case .container(let name):
                controls[service.name] = ContainerService(
                    .named(name),
                    of: engine,
                    patience: patience
                )
            case .unit(let name):
                controls[service.name] = UnitService(
                    name,
                    amid: Set(units.keys),
                    patience: patience
                )
            case .commands(let start, let stop, let status):
                controls[service.name] = CommandService(
                    start: start,
                    stop: stop,
                    status: status,
                    patience: patience
                )
            }
        }
        return controls
    }

    /// The order of the services: what the configuration says, what compose noted at the containers, those of services that the
    /// configuration does not name included, and which units systemd stops with others.
    private func order(
        _ controls: [String: any ServiceControl]
    ) async throws(Fault) -> ServiceOrder {
        var names: [String: String] = [:]
        for service in configured {
            if case .compose(let name) = service.way { names[name] = service.name }
        }
        let needs = names.isEmpty ? ComposeNeeds([Container]()) : ComposeNeeds(try await project())
        var services: [(name: String, after: [String])] = []
        for service in configured {
            let noted: [String]
            if case .compose(let name) = service.way {
                noted = needs.reached(from: name, upTo: Set(names.keys))
            } else {
                noted = try await controls[service.name]?.dependencies() ?? []
            }
            services.append((service.name, service.after + noted.map { names[$0] ?? $0 }))
        }
        return try ServiceOrder(
            services,
            components: stack.configuration.components.map(\.name),
            followers: try await followers(controls)
        )
    }

    /// The services that systemd stops when it stops another, by the name of that.
    private func followers(
        _ controls: [String: any ServiceControl]
    ) async throws(Fault) -> [String: Set<String>] {
        let units = units
        var followers: [String: Set<String>] = [:]
        for service in configured {
            guard let unit = controls[service.name] as? UnitService else { continue }
            followers[service.name] = Set(try await unit.followers().compactMap { units[$0] })
        }
        return followers
    }
}
