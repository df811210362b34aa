/// A service among the others of its stack.
public struct ServiceNode: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The services that it is started after, directly or through others.
    public let after: [String]
    /// The components that it uses, directly or through services; empty when nothing is known of that.
    public let uses: [String]

    /// Describes a service.
    public init(name: String, after: [String] = [], uses: [String] = []) {
        self.name = name
        self.after = after
        self.uses = uses
    }

    /// Whether it may use one of some components: one of which nothing is known may use any.
    public func mayUse(_ components: some Sequence<String>) -> Bool {
        components.contains { uses.isEmpty || uses.contains($0) }
    }
}
