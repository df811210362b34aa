/// One of the things that make up a service, such as a container.
public struct ServicePart: Sendable, Hashable {
    /// Its name, which stays the same while it is stopped.
    public let name: String
    /// Whether it runs.
    public let isRunning: Bool

    /// Describes a part.
    public init(_ name: String, isRunning: Bool) {
        self.name = name
        self.isRunning = isRunning
    }
}
