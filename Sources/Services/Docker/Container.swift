/// A container as an engine lists it.
public struct Container: Sendable, Hashable {
    /// Its name, unique on the engine.
    public let name: String
    /// What it is doing, in the engine's word: `running`, `exited`, `paused`.
    public let state: String
    /// What its maker attached to it.
    public let labels: [String: String]

    /// Describes a container.
    public init(name: String, state: String, labels: [String: String]) {
        self.name = name
        self.state = state
        self.labels = labels
    }

    /// The service of a compose project that it belongs to; nil when there is none.
    public var service: String? { labels["com.docker.compose.service"] }

    /// Whether it was made for one command (`compose run`) and is no part of a service.
    public var isOneOff: Bool { labels["com.docker.compose.oneoff"]?.lowercased() == "true" }

    /// Whether it works, or will again by itself.
    public var isRunning: Bool { ["running", "restarting", "stopping"].contains(state) }

    /// The services that its own is started after.
    ///
    /// The label holds `SERVICE:CONDITION:RESTART` for each, separated by commas; older ones the names alone.
    public var dependencies: [String] {
        (labels["com.docker.compose.depends_on"] ?? "").split(separator: ",").compactMap { part in
            part.split(separator: ":").first.map { name in
                String(name.drop { $0 == " " })
            }
        }
    }
}
