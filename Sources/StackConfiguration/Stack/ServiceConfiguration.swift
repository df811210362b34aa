/// A service around the data, which a restore stops and starts again.
public struct ServiceConfiguration: Sendable, Hashable {
    /// How it is controlled.
    public enum Way: Sendable, Hashable {
        /// As a service of the stack's compose project, by its name there.
        case compose(String)
        /// As a container, by its name.
        case container(String)
        /// As a unit of systemd.
        case unit(String)
        /// By commands, each an argument vector.
        case commands(start: [String], stop: [String], status: [String])
    }

    /// The name, a label.
    public var name: String
    /// How it is controlled.
    public var way: Way
    /// The services that it is started after, and the components that it uses.
    public var after: [String]
    /// How long it may take until it works.
    public var healthyWithin: Duration

    /// How long it may take where nothing else is said.
    public static let usualPatience = Duration.seconds(120)

    /// Groups the parts.
    public init(
        name: String,
        way: Way,
        after: [String] = [],
        healthyWithin: Duration = ServiceConfiguration.usualPatience
    ) {
        self.name = name
        self.way = way
        self.after = after
        self.healthyWithin = healthyWithin
    }
}
