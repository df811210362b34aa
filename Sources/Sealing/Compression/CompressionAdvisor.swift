internal import Synchronization

/// The compression choice of one file, shared by the encoders that work on its frames.
public final class CompressionAdvisor: Sendable {
    private let choice = Mutex(CompressionChoice())

    /// Begins with a sample.
    public init() {}

    /// What to do with the next frame.
    func next() -> CompressionChoice.Step { choice.withLock { $0.next() } }

    /// Takes the sizes of a sample and tells the level that won.
    func sampled(fast: Int, strong: Int) -> Int32 {
        choice.withLock { $0.sampled(fast: fast, strong: strong) }
    }
}
