public import Model
internal import Sealing

/// The clear, signed part of a snapshot (`Docs/format`, section 5).
public struct SnapshotHead: Sendable, Codable {
    /// How much a snapshot holds, and how much of it was new.
    public struct Sizes: Sendable, Codable, Hashable {
        /// Bytes protected, as the source counts them.
        public var source: Int64 = 0
        /// Plain bytes that no earlier snapshot had.
        public var added: Int64 = 0
        /// Bytes of the packs written for it.
        public var stored: Int64 = 0
        /// Number of manifest entries.
        public var entries: Int64 = 0

        /// No bytes.
        public init() {}
    }

    /// The format's number, 1.
    public internal(set) var format = 1
    /// `snapshot`.
    public internal(set) var type = "snapshot"
    /// The vault that it belongs to.
    public let vault: Digest256
    /// The host that made it.
    public let host: String
    /// The stream that it continues.
    public let stream: StreamName
    /// What kind of component it holds.
    public let kind: ComponentKind
    /// Its number in the stream, from 1.
    public let seq: UInt64
    /// The SHA-256 of the snapshot objects that it follows.
    public let previous: [Digest256]
    /// The stack snapshot that it is part of.
    public let set: String
    /// The moment that it stands for.
    public let time: Instant
    /// When the backup began, by the host's clock.
    public let started: Instant
    /// When the backup was committed, by the host's clock.
    public let finished: Instant
    /// The public key that signed it.
    public let by: String
    /// The text of the host's signed document, in case `hosts/` loses it.
    public let enrolment: String?
    /// Every pack that the manifest names, by id.
    public let packs: [PackReference]
    /// How much it holds.
    public let sizes: Sizes
    /// How many paths could not be read; more than zero means incomplete.
    public let problems: Int
    /// What the component's kind records, by name.
    public let facts: [String: String]
    /// The sealed body.
    public internal(set) var body: BodyReference

    /// Whether every number is one that a writer can have meant; a signature does not make a head sound.
    var isSound: Bool {
        let counts = [sizes.source, sizes.added, sizes.stored, sizes.entries, Int64(problems)]
        return format == 1 && counts.allSatisfy { $0 >= 0 } && body.bytes > 0
            && packs.allSatisfy { $0.bytes > SealedHeader.tailBytes }
            && zip(packs, packs.dropFirst()).allSatisfy { $0.id < $1.id }
    }

    /// What a text says; it is not trusted yet, nor sound.
    ///
    /// - Throws: `E-VAULT-DAMAGED`.
    static func decoded(_ text: ArraySlice<UInt8>, object: String) throws(Fault) -> SnapshotHead {
        let digest = Hashing.sha256(text)
        if let head = known[digest] { return head }
        let head = try JSONText.decode(SnapshotHead.self, text, of: object)
        known.note(head, for: digest, weight: text.count)
        return head
    }

    /// A collector reads a head up to three times, and every copy of the vault has the same; few are long.
    private static let known = Recollection<Digest256, SnapshotHead>(limit: 4 << 20)
}
