/// What a lane brought for a batch.
package struct FetchedPieces: Sendable {
    /// The pieces, one for each range; nil for a file that is gone.
    package let pieces: [[UInt8]?]
    /// How long the lane waited for them.
    package let waited: Duration

    /// Describes what came.
    package init(pieces: [[UInt8]?], waited: Duration) {
        self.pieces = pieces
        self.waited = waited
    }

    /// For a batch without ranges.
    static let none = FetchedPieces(pieces: [], waited: .zero)
}
