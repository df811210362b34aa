internal import FoundationEssentials

/// The sizes that a backup session works with.
public struct SessionOptions: Sendable {
    /// A pack is closed when it holds this many bytes.
    public var packBytes = 32 << 20
    /// How many tasks compress and store; each may hold one pack in memory.
    public var encoders = min(4, max(2, ProcessInfo.processInfo.activeProcessorCount + 1))

    /// The sizes for real work.
    public init() {}
}
