import Model
import Sealing
import TestKit
import Testing

@Suite struct CompressionTests {
    @Test func `garbage never decodes, and never into more than was asked for`() throws {
        var random = SeededGenerator(seed: 9)
        let decoder = try ZstdDecoder()
        let encoder = try ZstdEncoder()
        let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
        let bomb = try #require(
            try encoder.compress([UInt8](repeating: 0, count: 1 << 22), level: 3)
        )
        var inputs: [[UInt8]] = [[], magic, bomb]
        for size in [1, 10, 100, 1000] {
            inputs += [random.bytes(size), magic + random.bytes(size)]
        }
        for input in inputs {
            for count in [0, 1, 100, 1 << 20] where input.count + count > 0 {
                do throws(Fault) {
                    _ = try decoder.decompress(input, count: count)
                    Issue.record("garbage of \(input.count) bytes gave \(count) bytes")
                } catch { #expect(error.code == .sealBroken) }
            }
        }
    }

    @Test func `a compressed block with any bit flipped gives its own length or a fault`() throws {
        var random = SeededGenerator(seed: 4)
        let decoder = try ZstdDecoder()
        let plain = random.text(1000)
        let stored = try #require(try ZstdEncoder().compress(plain, level: 3))
        for index in stored.indices {
            for bit in 0..<8 {
                var broken = stored
                broken[index] ^= 1 << bit
                do throws(Fault) {
                    #expect(try decoder.decompress(broken, count: 1000).count == 1000)
                } catch { #expect(error.code == .sealBroken) }
            }
        }
    }

    @Test func `a bit that memory flips after compression is found before anything is sealed`()
        throws
    {
        var random = SeededGenerator(seed: 5)
        let encoder = try FrameEncoder()
        let plain = random.text(1000)
        let stored = try #require(try ZstdEncoder().compress(plain, level: 3))
        try encoder.prove(stored, decodesTo: plain)
        for index in stored.indices {
            for bit in 0..<8 {
                var broken = stored
                broken[index] ^= 1 << bit
                do throws(Fault) {
                    try encoder.prove(broken, decodesTo: plain)
                    // What decodes to the same, such as an unused bit of the header, is no loss.
                    #expect(try ZstdDecoder().decompress(broken, count: 1000) == plain)
                } catch { #expect(error.code == .compression) }
            }
        }
        var other = plain
        other[500] ^= 1
        #expect(throws: Fault.self) { try encoder.prove(stored, decodesTo: other) }
    }

    @Test func `a wrong byte is found wherever it is`() throws {
        var random = SeededGenerator(seed: 7)
        let encoder = try FrameEncoder()
        for size in 193...209 {
            let plain = random.text(size)
            let stored = try #require(try ZstdEncoder().compress(plain, level: 1))
            try encoder.prove(stored, decodesTo: plain)
            for index in plain.indices {
                var other = plain
                other[index] ^= 0x80
                #expect(throws: Fault.self) { try encoder.prove(stored, decodesTo: other) }
            }
        }
    }

    @Test func `what cannot be shortened is kept as it is`() throws {
        var random = SeededGenerator(seed: 2)
        let encoder = try ZstdEncoder()
        for size in [0, 1, 64, 100, 10_000] {
            let bytes = random.bytes(size)
            #expect(try encoder.compress(bytes, level: 1) == nil)
            let frame = try FrameEncoder().encode(bytes, type: .data, advisor: CompressionAdvisor())
            #expect(frame.codec == .raw)
            #expect(frame.body == bytes)
        }
    }

    @Test func `the stored form of a frame decodes to what went in`() throws {
        var random = SeededGenerator(seed: 6)
        let encoder = try FrameEncoder()
        let decoder = try ZstdDecoder()
        let advisor = CompressionAdvisor()
        for size in [500, 8192, 100_000] {
            let plain = random.text(size)
            let frame = try encoder.encode(plain, type: .data, advisor: advisor)
            #expect(frame.codec == .zstd)
            #expect(try decoder.decompress(frame.body, count: size) == plain)
        }
    }

    @Test func `every 64th block is a sample, and the stronger level must earn its time`() {
        var choice = CompressionChoice()
        #expect(choice.next() == .sample)
        #expect(choice.sampled(fast: 100, strong: 97) == 1)
        for _ in 1..<64 { #expect(choice.next() == .level(1)) }
        #expect(choice.next() == .sample)
        #expect(choice.sampled(fast: 100, strong: 96) == 3)
        for _ in 1..<64 { #expect(choice.next() == .level(3)) }
        #expect(choice.next() == .sample)
        #expect(choice.sampled(fast: 0, strong: 0) == 3)
    }

    @Test func `until a sample is back every block is one`() {
        var choice = CompressionChoice()
        for _ in 0..<5 { #expect(choice.next() == .sample) }
    }
}
