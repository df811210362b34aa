/// The compose project that services of a stack belong to.
public struct ComposeConfiguration: Sendable, Hashable {
    /// Its name.
    public var project: String
    /// Where its engine listens, as `DOCKER_HOST` would say; nil leaves it to the environment.
    public var engine: String?

    /// Groups the two.
    public init(project: String, engine: String? = nil) {
        self.project = project
        self.engine = engine
    }
}
