/// That a recovery kit opened snapshots: a document in the folder `kits/` of the vault, and a file in
/// this host's state (`Docs/format`, section 3).
public struct KitProof: Codable, Sendable, Hashable {
    /// What was opened of one component.
    public struct Component: Codable, Sendable, Hashable {
        /// The component's name.
        public let component: String
        /// The name of the snapshot.
        public let snapshot: String
        /// Of secrets: the public halves of the kit's identities that opened one; nil of anything else, and in a proof of an
        /// earlier release.
        public let recipients: [String]?
    }

    /// The stack.
    public let stack: String
    /// The environment.
    public let environment: String
    /// The public half of the kit's data identity.
    public let recipient: String
    /// What was opened, in the order of the configuration.
    public let components: [Component]
}
