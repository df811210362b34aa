internal import Model

/// Finds content-defined chunk boundaries: keyed FastCDC with normalisation 2.
///
/// The method is that of Xia et al., "FastCDC" (USENIX ATC 2016); the gear table is derived from a key of the host, so
/// that boundaries say nothing about known files. `Docs/format`, section 7, is the exact definition.
public struct Chunker: Sendable {
    /// The lengths that it keeps to.
    public let sizes: ChunkSizes
    private let gear: [UInt64]
    private let strictMask: UInt64
    private let easyMask: UInt64

    /// Cuts by a host's gear table.
    public init(sizes: ChunkSizes, gear: GearTable) {
        self.sizes = sizes
        self.gear = gear.words
        strictMask = ~0 << UInt64(64 - sizes.averageBits - 2)
        easyMask = ~0 << UInt64(64 - sizes.averageBits + 2)
    }

    /// The length of the first chunk of `bytes`, which must reach to the end of the file or be at
    /// least ``ChunkSizes/maximum`` long.
    ///
    /// Linear in the result.
    public func cut(_ bytes: UnsafeRawBufferPointer) -> Int {
        let end = min(bytes.count, sizes.maximum)
        guard end > sizes.minimum else { return end }
        let middle = min(end, 1 << sizes.averageBits)
        var hash: UInt64 = 0
        var index = sizes.minimum
        return unsafe gear.withUnsafeBufferPointer { gear in
            while index < middle {
                unsafe hash = hash << 1 &+ gear[Int(bytes[index])]
                index += 1
                if hash & strictMask == 0 { return index }
            }
            while index < end {
                unsafe hash = hash << 1 &+ gear[Int(bytes[index])]
                index += 1
                if hash & easyMask == 0 { return index }
            }
            return end
        }
    }
}
