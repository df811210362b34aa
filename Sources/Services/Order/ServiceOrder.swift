public import Model

/// In which order the services of a stack start, and what a restore of some components stops.
///
/// A service may be started after other services and after components, and it uses the components that it is started after. A
/// service and a component of one name are one thing, the server and its data. What is started after a service of which nothing is
/// known may use any component too, through that.
public struct ServiceOrder: Sendable, Hashable {
    /// The services in the order in which they start: what is needed comes first, else as they were given.
    public let nodes: [ServiceNode]

    /// Orders services.
    ///
    /// - Parameters:
    ///   - services: each name once, with what it is started after: services and components; what is neither counts for nothing.
    ///   - components: the names of all components of the stack.
    ///   - followers: by service, those that something else stops with it: they are started after it. Those that follow each other have no order, and use the same.
    /// - Throws: `E-SERVICE-CIRCLE` when services need each other.
    public init(
        _ services: [(name: String, after: [String])],
        components: some Sequence<String>,
        followers: [String: Set<String>] = [:]
    ) throws(Fault) {
        let followers = followers.mapValues { Self.reached(from: $0, by: followers) }
        let follows = { name, leader in followers[leader]?.contains(name) == true }
        let services = services.map { service in
            let leaders = followers.keys.filter { leader in
                follows(service.name, leader) && !follows(leader, service.name)
            }
            return (name: service.name, after: service.after + leaders.sorted())
        }
        let names = Set(services.map(\.name))
        precondition(names.count == services.count, "each service is named once")
        let (placed, circle) = StartOrder.sorted(services, name: { $0.name }, after: { $0.after })
        guard circle.isEmpty else {
            let list = circle.map { "'\($0.name)'" }.joined(separator: ", ")
            throw Fault(
                .serviceCircle,
                "unable to order services \(list): each is started after another of them",
                hints: ["Leave a name out of one of their `after:`."]
            )
        }
        let own = Self.nodes(placed, Set(components))
        var sources: [String: Set<String>] = [:]
        for node in own {
            // Those that stop with it and it with them: each uses what any of them uses.
            let partners = own.map(\.name).filter {
                follows($0, node.name) && follows(node.name, $0)
            }
            sources[node.name] = Set(node.after + partners)
        }
        nodes = own.map { node in
            let all = Self.reached(from: [node.name], by: sources)
            let uses = own.filter { all.contains($0.name) }.map(\.uses)
            return ServiceNode(
                name: node.name,
                after: node.after,
                uses: uses.contains([]) ? [] : Set(uses.joined()).sorted()
            )
        }
    }

    /// The services in the order that they have, each with what it uses itself or is started after.
    private static func nodes(
        _ placed: [(name: String, after: [String])],
        _ components: Set<String>
    ) -> [ServiceNode] {
        var nodes: [String: ServiceNode] = [:]
        return placed.map { service in
            var after: Set<String> = []
            var uses = components.intersection([service.name])
            for name in service.after where name != service.name {
                uses.formUnion(components.intersection([name]))
                guard let node = nodes[name] else { continue }
                after.formUnion([name] + node.after)
                uses.formUnion(node.uses)
            }
            let node = ServiceNode(name: service.name, after: after.sorted(), uses: uses.sorted())
            nodes[service.name] = node
            return node
        }
    }

    /// Some names, and those that one of them leads to, directly or through others.
    private static func reached(
        from names: Set<String>,
        by links: [String: Set<String>]
    ) -> Set<String> {
        var reached: Set<String> = []
        var waiting = names
        while let next = waiting.popFirst() {
            guard reached.insert(next).inserted else { continue }
            waiting.formUnion(links[next] ?? [])
        }
        return reached
    }

    /// The services that a restore of some components stops, in the order in which they start: those that may use one of them.
    public func services(using components: [String]) -> [ServiceNode] {
        nodes.filter { $0.mayUse(components) }
    }
}
