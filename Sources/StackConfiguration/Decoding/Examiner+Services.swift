import Model
import Yams

// What one service says must fit together, and with the rest of the file.
extension Examiner {
    mutating func services(_ node: Node, _ keys: [Key], at path: String) -> Value? {
        guard case .mapping(let mapping) = node else {
            wrongType(node, at: path, wanted: "a mapping")
            return nil
        }
        var sections: [(name: String, section: Section)] = []
        for (keyNode, item) in mapping {
            guard let name = self.name(of: keyNode, in: path) else { continue }
            if let complaint = ScalarForm.label.complaint(about: name) {
                let fact = "service '\(name.prefix(100))': \(complaint.fact)"
                note(.configurationValue, keyNode, fact, complaint.hints)
            }
            if sections.contains(where: { $0.name == name }) { duplicate(keyNode, name) }
            let place = join(path, name)
            let section = section(item, keys: keys, at: place)
            requireOneWay(item, at: place)
            sections.append((name, section))
        }
        return .sections(sections)
    }

    private mutating func requireOneWay(_ node: Node, at path: String) {
        guard case .mapping(let mapping) = node else { return }
        let names = Set(mapping.compactMap { $0.key.scalar?.string })
        let ways = Grammar.serviceWays.filter { names.contains($0) }
        let commands = ["start", "stop", "status"].filter { names.contains($0) }
        if !commands.isEmpty, commands.count < 3 || ways.count > 1 {
            note(
                .configurationServices,
                node,
                commands.count < 3
                    ? "'\(path)' has '\(commands.joined(separator: "' and '"))' alone"
                    : "'\(path)' says in several ways how it is controlled",
                "Give start, stop and status together, and nothing else of compose, container and systemd."
            )
        } else if ways.count != 1 {
            note(
                .configurationServices,
                node,
                ways.isEmpty
                    ? "'\(path)' does not say how it is controlled"
                    : "'\(path)' says in several ways how it is controlled",
                "Give one of compose, container, systemd, or start with stop and status."
            )
        }
    }

    /// Notes what services ask for that the rest of the file does not have.
    mutating func crossCheck(_ root: Section, _ node: Node) {
        let services = root.sections("services")
        let usesProject = services.filter { $0.section.values["compose"] != nil }
        if let first = usesProject.first, root.section("compose").text("project") == nil {
            note(
                .configurationServices,
                node,
                "service '\(first.name)' is one of a compose project, and none is named",
                "Name it: compose: {project: NAME}; `docker compose ls` lists them."
            )
        }
        let names = services.map(\.name) + root.sections("components").map(\.name)
        for service in services {
            for name in service.section.list("after") where !names.contains(name) {
                let nearest = NearestName.suggestion(for: name, among: names)
                note(
                    .configurationServices,
                    node,
                    "service '\(service.name)' is after '\(name)', which is neither a service nor a component",
                    nearest.map { "Did you mean '\($0)'?" } ?? "Leave it out."
                )
            }
        }
    }
}
