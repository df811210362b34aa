import Model
import Sealing
import TestKit
import Testing

@Suite struct FrameTests {
    private let key = ObjectKey()
    private let hash = Hashing.sha256([1, 2, 3])

    @Test func `a frame header has the bytes of the format`() throws {
        let header = FrameHeader(
            storedLength: 0x0102_0304,
            plainLength: 0x0003_0201,
            type: .data,
            codec: .zstd
        )
        #expect(header.encoded == [1, 2, 3, 4, 0, 3, 2, 1, 2, 1, 0, 0])
        let small = FrameHeader(storedLength: 116, plainLength: 100, type: .directory, codec: .raw)
        #expect(small.encoded == [0, 0, 0, 116, 0, 0, 0, 100, 1, 0, 0, 0])
        #expect(try FrameHeader(small.encoded[...]) == small)
        #expect(try FrameHeader(([9, 9] + small.encoded)[2...]) == small)
    }

    @Test(arguments: [
        [], [0, 0, 0, 16, 0, 0, 0, 0, 2, 0, 0],
        [0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 16, 0, 0, 0, 0, 4, 0, 0, 0],
        [0, 0, 0, 16, 0, 0, 0, 0, 2, 2, 0, 0], [0, 0, 0, 16, 0, 0, 0, 0, 2, 0, 1, 0],
        [0, 0, 0, 16, 0, 0, 0, 0, 2, 0, 0, 1], [0, 0, 0, 15, 0, 0, 0, 0, 2, 0, 0, 0],
        [0, 0, 4, 1, 0, 0, 0, 0, 2, 0, 0, 0], [0, 64, 0, 17, 0, 64, 0, 1, 2, 0, 0, 0],
        [255, 255, 255, 255, 255, 255, 255, 255, 1, 0, 0, 0],
        [255, 255, 255, 255, 0, 0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 16, 1, 0, 0, 1, 1, 0, 0, 0],
    ])
    func `a hostile header is refused`(bytes: [UInt8]) {
        let fault = #expect(throws: Fault.self) { try FrameHeader(bytes[...]) }
        #expect(fault?.code == .sealBroken)
    }

    @Test(arguments: [0, 1, 64, 65, 1000, 262_144, 4 << 20])
    func `a frame comes back as it was`(size: Int) throws {
        var random = SeededGenerator(seed: UInt64(size))
        let decoder = try ZstdDecoder()
        let cipher = FrameCipher(key: key, headerHash: hash)
        for plain in [random.bytes(size), random.text(size), [UInt8](repeating: 0, count: size)] {
            let frame = try FrameEncoder().encode(plain, type: .data, advisor: CompressionAdvisor())
            #expect(frame.plainLength == size)
            #expect(frame.body.count <= size)
            var object: [UInt8] = [1, 2, 3]
            cipher.seal(frame, into: &object)
            #expect(object.count == 3 + 12 + frame.body.count + 16)
            #expect(try cipher.open(object[3...], at: 3, decoder: decoder) == plain)
        }
    }

    @Test func `a frame that was changed or moved is refused`() throws {
        var random = SeededGenerator(seed: 5)
        let decoder = try ZstdDecoder()
        let cipher = FrameCipher(key: key, headerHash: hash)
        for plain in [random.bytes(300), random.text(2000)] {
            let frame = try FrameEncoder().encode(plain, type: .data, advisor: CompressionAdvisor())
            var object = [UInt8](repeating: 0, count: 40)
            cipher.seal(frame, into: &object)
            let stored = Array(object[40...])
            for index in stored.indices {
                for bit in 0..<8 {
                    var broken = stored
                    broken[index] ^= 1 << bit
                    refuses(cipher, broken, at: 40, decoder)
                }
            }
            for offset in [0, 39, 41, 40 + 256, 1 << 40] {
                refuses(cipher, stored, at: offset, decoder)
            }
            for length in 0..<stored.count {
                refuses(cipher, Array(stored.prefix(length)), at: 40, decoder)
            }
            refuses(cipher, stored + [0], at: 40, decoder)
            let other = FrameCipher(key: key, headerHash: Hashing.sha256([1, 2]))
            refuses(other, stored, at: 40, decoder)
            refuses(FrameCipher(key: ObjectKey(), headerHash: hash), stored, at: 40, decoder)
            #expect(try cipher.open(stored[...], at: 40, decoder: decoder) == plain)
        }
    }

    @Test func `an object's key travels in its envelope`() throws {
        let identity = AgeIdentity()
        let envelope = try key.envelope(to: [AgeIdentity().recipient, identity.recipient])
        let again = try ObjectKey(envelope: envelope, identities: [identity])
        let frame = try FrameEncoder().encode([1], type: .manifest, advisor: CompressionAdvisor())
        var object: [UInt8] = []
        FrameCipher(key: key, headerHash: hash).seal(frame, into: &object)
        let opened = try FrameCipher(key: again, headerHash: hash).open(
            object[...],
            at: 0,
            decoder: ZstdDecoder()
        )
        #expect(opened == [1])
        let short = try AgeFile.seal([1, 2], to: [identity.recipient])
        let fault = #expect(throws: Fault.self) {
            try ObjectKey(envelope: short, identities: [identity])
        }
        #expect(fault?.code == .sealBroken)
    }

    private func refuses(
        _ cipher: FrameCipher,
        _ stored: [UInt8],
        at offset: Int,
        _ decoder: borrowing ZstdDecoder
    ) {
        do throws(Fault) {
            _ = try cipher.open(stored[...], at: offset, decoder: decoder)
            Issue.record("a changed frame was opened")
        } catch { #expect(error.code == .sealBroken) }
    }
}
