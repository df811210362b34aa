/// The lengths of content-defined chunks (`Docs/format`, section 7).
public struct ChunkSizes: Sendable {
    /// No chunk but the last of a file is shorter.
    public let minimum: Int
    /// log2 of the length that chunks have on average.
    public let averageBits: Int
    /// No chunk is longer.
    public let maximum: Int

    /// File content: 128 KiB, 512 KiB, 2 MiB.
    public static let data = ChunkSizes(minimum: 128 << 10, averageBits: 19, maximum: 2 << 20)
    /// Content of many small records, of which some change in place: 16 KiB, 64 KiB, 256 KiB.
    public static let records = ChunkSizes(minimum: 16 << 10, averageBits: 16, maximum: 256 << 10)
    /// Manifest streams: 16 KiB, 64 KiB, 256 KiB.
    public static let manifest = ChunkSizes(minimum: 16 << 10, averageBits: 16, maximum: 256 << 10)
}
