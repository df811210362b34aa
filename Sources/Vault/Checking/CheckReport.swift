public import Model

/// What a check of a vault found.
public struct CheckReport: Sendable {
    /// One damaged, forged, missing or foreign object.
    public struct Finding: Sendable, Hashable {
        /// The object's name.
        public let object: String
        /// What is wrong with it.
        public let fact: String
    }

    /// How many objects were looked at.
    public internal(set) var objects = 0
    /// How many bytes were read.
    public internal(set) var bytes = ByteCount.zero
    /// How many snapshots were verified.
    public internal(set) var snapshots = 0
    /// How many files were decoded and compared with their digests; zero unless the check was deep.
    public internal(set) var files = 0
    /// What is damaged, forged or missing, ordered by name.
    public internal(set) var damage: [Finding] = []
    /// Objects that are no part of a vault; harmless, but not ours.
    public internal(set) var foreign: [String] = []
    /// Packs that no snapshot names: left by interrupted backups.
    public internal(set) var unreferenced = 0

    /// Nothing yet.
    public init() {}
}
