/// Chooses the zstd level for the blocks of one file from samples of it.
///
/// One fixed level is wrong: on database indexes level 1 is faster and smaller than level 3, on embeddings every level
/// gives the same, on text level 3 earns its time. So a sample of every 64 blocks is compressed at both levels, and
/// level 3 is taken when it saves at least four percent more.
public struct CompressionChoice: Sendable {
    /// The level that the present block takes.
    public enum Step: Sendable, Equatable {
        /// Compress at this level.
        case level(Int32)
        /// Compress at 1 and at 3, report both sizes with ``sampled(fast:strong:)`` and keep the better.
        case sample
    }

    static let fast: Int32 = 1
    static let strong: Int32 = 3
    private var level: Int32?
    private var blocks = 0

    /// Begins with a sample.
    public init() {}

    /// What to do with the next block.
    public mutating func next() -> Step {
        defer { blocks += 1 }
        guard let level, !blocks.isMultiple(of: 64) else { return .sample }
        return .level(level)
    }

    /// Takes the sizes of a sample, in bytes, and tells the level that won.
    public mutating func sampled(fast: Int, strong: Int) -> Int32 {
        let winner = strong * 100 <= fast * 96 ? Self.strong : Self.fast
        level = winner
        return winner
    }
}
