import Model

extension ServiceConfiguration {
    /// The keys of a service with their values as YAML; nil where the default says the same.
    var entries: [(String, String?)] {
        let way: [(String, String?)] =
            switch way {
            case .compose(let service): [("compose", YAMLText.scalar(service))]
            case .container(let name): [("container", YAMLText.scalar(name))]
            case .unit(let name): [("systemd", YAMLText.scalar(name))]
            case .commands(let start, let stop, let status):
                [
                    ("start", YAMLText.list(start)), ("stop", YAMLText.list(stop)),
                    ("status", YAMLText.list(status)),
                ]
            }
        return way + [
            ("after", after.isEmpty ? nil : YAMLText.list(after)),
            (
                "healthy_within",
                healthyWithin == Self.usualPatience ? nil : YAMLText.duration(healthyWithin)
            ),
        ]
    }
}
