public import Sealing

/// The 256 random words that decide where a ``Chunker`` cuts, derived from a key of the host.
public struct GearTable: Sendable {
    let words: [UInt64]

    /// Derives the table from the host's gear key; 256 tags.
    public init(_ hasher: ContentHasher) {
        words = (0...255).map { byte in
            hasher.tag(of: [UInt8(byte)]).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
