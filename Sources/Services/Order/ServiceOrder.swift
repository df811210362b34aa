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
        let followers = Self.throughOthers(followers)
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
        let known = Set(components)
        var nodes = Self.nodes(placed, known, sharing: [:])
        while true {
            var shared: [String: [[String]]] = [:]
            // Such a one follows itself too: of what nothing is known, nothing is known for good, and this ends.
            for node in nodes {
                shared[node.name] = nodes.filter {
                    follows($0.name, node.name) && follows(node.name, $0.name)
                }.map(\.uses)
            }
            let next = Self.nodes(placed, known, sharing: shared)
            if next == nodes { break }
            nodes = next
        }
        self.nodes = nodes
    }

    /// The services in the order that they have.
    ///
    /// `shared`: by service, what those use that stop with it and it with them.
    private static func nodes(
        _ placed: [(name: String, after: [String])],
        _ known: Set<String>,
        sharing shared: [String: [[String]]]
    ) -> [ServiceNode] {
        var nodes: [String: ServiceNode] = [:]
        return placed.map { service in
            var after: Set<String> = []
            var uses = known.intersection([service.name])
            var isKnown = true
            for name in service.after where name != service.name {
                uses.formUnion(known.intersection([name]))
                guard let node = nodes[name] else { continue }
                after.formUnion([name] + node.after)
                uses.formUnion(node.uses)
                isKnown = isKnown && !node.uses.isEmpty
            }
            for others in shared[service.name] ?? [] {
                uses.formUnion(others)
                isKnown = isKnown && !others.isEmpty
            }
            let node = ServiceNode(
                name: service.name,
                after: after.sorted(),
                uses: isKnown ? uses.sorted() : []
            )
            nodes[service.name] = node
            return node
        }
    }

    /// With those that follow a follower.
    private static func throughOthers(
        _ followers: [String: Set<String>]
    ) -> [String: Set<String>] {
        var all = followers
        var isWhole = false
        while !isWhole {
            isWhole = true
            for (name, known) in all {
                let more = known.reduce(into: known) { $0.formUnion(all[$1] ?? []) }
                if more.count > known.count {
                    all[name] = more
                    isWhole = false
                }
            }
        }
        return all
    }

    /// The services that a restore of some components stops, in the order in which they start: those that may use one of them.
    public func services(using components: [String]) -> [ServiceNode] {
        nodes.filter { $0.mayUse(components) }
    }
}
