/// What the services of a compose project are started after, as compose noted it at their containers.
public struct ComposeNeeds: Sendable {
    private var needs: [String: [String]] = [:]

    /// Reads the containers of one project.
    public init(_ containers: some Sequence<Container>) {
        for container in containers where !container.isOneOff {
            guard let service = container.service else { continue }
            needs[service, default: []] += container.dependencies
        }
    }

    /// What a service needs: those of some names, also where only services between them lead there, and the others on the way.
    ///
    /// - Parameters:
    ///   - service: its name.
    ///   - known: the names beyond which nobody has to look.
    /// - Returns: each name once, the nearest first.
    public func reached(from service: String, upTo known: Set<String>) -> [String] {
        var reached: [String] = []
        var waiting = needs[service] ?? []
        while !waiting.isEmpty {
            let name = waiting.removeFirst()
            guard name != service, !reached.contains(name) else { continue }
            reached.append(name)
            if !known.contains(name) { waiting += needs[name] ?? [] }
        }
        return reached
    }
}
