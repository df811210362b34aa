public import Services

/// What a restore does with the services of a stack.
public struct ServicePlan: Sendable {
    /// One service that may use what is restored.
    public struct Item: Sendable {
        /// Its name.
        public let name: String
        /// What it is, in words.
        public let title: String
        /// What it has, and which of it runs; empty when it is not on this host.
        public let parts: [ServicePart]
        /// Whether an earlier restore stopped it and did not start it again.
        public let isLeft: Bool

        /// Whether it is stopped for the restore and started behind it.
        public var isStopped: Bool { isLeft || parts.contains(where: \.isRunning) }
    }

    /// The services, in the order in which they start.
    public let items: [Item]
    /// Services of the compose project that run and that the configuration does not name: nobody stops them.
    public let others: [String]
    let nodes: [ServiceNode]

    /// Those that are stopped, in the order in which they start again.
    public var stopped: [Item] { items.filter(\.isStopped) }
}
