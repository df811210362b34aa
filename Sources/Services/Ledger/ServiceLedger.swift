/// What ran before something stopped it, and which components are not whole.
///
/// It is on the disk before the first service stops, and goes when the last one runs again.
public struct ServiceLedger: Sendable, Hashable {
    /// A service that ran.
    public struct Entry: Sendable, Hashable {
        /// The service.
        public let node: ServiceNode
        /// Those of its parts that ran.
        public let running: [String]

        /// Its name.
        public var name: String { node.name }

        /// Describes a service that ran.
        public init(_ node: ServiceNode, running: [String]) {
            self.node = node
            self.running = running
        }
    }

    /// The components that some work began with and did not bring to its end.
    public var unfinished: [String]
    /// The services that ran, in the order in which they start.
    public var entries: [Entry]

    /// Describes what ran.
    public init(unfinished: [String] = [], entries: [Entry]) {
        self.unfinished = unfinished
        self.entries = entries
    }

    /// Whether a service may start: everything that it may use is whole.
    public func mayStart(_ entry: Entry) -> Bool { !entry.node.mayUse(unfinished) }

    /// The services that must not start.
    public var held: [String] { entries.filter { !mayStart($0) }.map(\.name) }
}
