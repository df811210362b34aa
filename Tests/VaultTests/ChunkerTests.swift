import Model
import Sealing
import TestKit
import Testing
import Vault

@Suite struct ChunkerTests {
    private static let secret = (0..<32).map { UInt8($0) }

    private func chunker(_ sizes: ChunkSizes) throws -> Chunker {
        let vault = Hashing.sha256(Array("vault".utf8))
        return Chunker(
            sizes: sizes,
            gear: GearTable(try HostSecret(bytes: Self.secret).hasher(for: .gear, vault: vault))
        )
    }

    private func lengths(_ bytes: [UInt8], _ sizes: ChunkSizes) throws -> [Int] {
        let chunker = try chunker(sizes)
        var lengths: [Int] = []
        var start = 0
        while start < bytes.count {
            let length = bytes[start...].withUnsafeBytes { chunker.cut($0) }
            #expect(length > 0 && length <= sizes.maximum)
            lengths.append(length)
            start += length
        }
        return lengths
    }

    /// What an independent program (Python, from the text of the format) cuts the same bytes into.
    @Test func `boundaries are those of the format`() throws {
        var random = SeededGenerator(seed: 41)
        let bytes = random.bytes(2_000_000)
        #expect(
            try lengths(bytes, .manifest) == [
                74153, 70830, 70041, 43013, 66433, 108248, 84416, 79480, 81673, 86966, 43292, 70049,
                68895, 78146, 89103, 101488, 76375, 30116, 101303, 19802, 116043, 110761, 95157,
                96079, 83936, 49571, 4631,
            ]
        )
        #expect(try lengths(bytes, .data) == [808545, 635277, 544071, 12107])
    }

    @Test func `lengths keep to the limits and to the average`() throws {
        var random = SeededGenerator(seed: 42)
        let bytes = random.bytes(32 << 20)
        for sizes in [ChunkSizes.manifest, .data] {
            let lengths = try lengths(bytes, sizes)
            #expect(lengths.dropLast().allSatisfy { $0 > sizes.minimum })
            let average = bytes.count / lengths.count
            let goal = 1 << sizes.averageBits
            #expect(average > goal / 2 && average < goal * 2, "\(average)")
            let longest = lengths.filter { $0 == sizes.maximum }.count
            #expect(longest * 20 <= lengths.count)
        }
    }

    @Test func `the worst data gives chunks within the limits`() throws {
        let size = 5 << 20
        let patterns: [[UInt8]] = [
            [UInt8](repeating: 0, count: size), [UInt8](repeating: 255, count: size),
            (0..<size).map { UInt8(truncatingIfNeeded: $0) },
            (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3 % 2) },
            (0..<size).map { UInt8(truncatingIfNeeded: $0 / 4096) },
        ]
        for pattern in patterns {
            for sizes in [ChunkSizes.manifest, .data] {
                let lengths = try lengths(pattern, sizes)
                #expect(lengths.reduce(0, +) == size)
                #expect(lengths.dropLast().allSatisfy { $0 > sizes.minimum && $0 <= sizes.maximum })
            }
        }
    }

    @Test func `short data is one chunk`() throws {
        let sizes = ChunkSizes.manifest
        for count in [1, 100, sizes.minimum] {
            var random = SeededGenerator(seed: UInt64(count))
            #expect(try lengths(random.bytes(count), sizes) == [count])
        }
    }

    @Test func `another key gives other boundaries`() throws {
        var random = SeededGenerator(seed: 43)
        let bytes = random.bytes(4 << 20)
        let other = Chunker(
            sizes: .manifest,
            gear: GearTable(HostSecret().hasher(for: .gear, vault: Hashing.sha256([1])))
        )
        let own = try lengths(bytes, .manifest)
        var found: [Int] = []
        var start = 0
        while start < bytes.count {
            found.append(bytes[start...].withUnsafeBytes { other.cut($0) })
            start += found[found.count - 1]
        }
        #expect(found != own)
    }
}
