/// That snapshots were brought back whole: a document in the folder `reports/` of the vault (`Docs/format`, section 3).
struct RestoreProof: Codable, Sendable, Hashable {
    /// What came back of one component.
    struct Component: Codable, Sendable, Hashable {
        /// The component's name.
        let component: String
        /// The name of the snapshot.
        let snapshot: String
    }

    /// The stack.
    let stack: String
    /// The environment.
    let environment: String
    /// What came back, in the order in which it began.
    let components: [Component]
    /// How long it took, in whole seconds.
    let seconds: Int64
}
