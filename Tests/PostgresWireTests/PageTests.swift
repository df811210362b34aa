import Model
import PostgresWire
import TestKit
import Testing

@Suite struct PageTests {
    @Test func `CRC-32C agrees with its published check value`() {
        #expect(CRC32C("123456789".utf8).value == 0xE306_9283)
        var parts = CRC32C()
        parts.update("12345".utf8)
        parts.update(Array("6789".utf8))
        #expect(parts.value == 0xE306_9283)
        #expect(CRC32C([UInt8](repeating: 0, count: 32)).value == 0x8A91_36AA)
    }

    @Test func `CRC-32C by the instruction and by tables are the same`() {
        var random = SeededGenerator.fresh("checksums")
        let bytes = random.bytes(4_096)
        let ways = CRC32C.hasInstruction ? [false, true] : [false]
        for length in Array(0...80) + [1_000, 4_001] {
            let start = Int.random(in: 0...(bytes.count - length), using: &random)
            let split = Int.random(in: 0...length, using: &random)
            let part = bytes[start..<start + length]
            for way in ways {
                var sum = CRC32C()
                let (head, tail) = (Array(part.prefix(split)), Array(part.dropFirst(split)))
                sum.update(head.span.bytes, byInstruction: way)
                sum.update(tail.span.bytes, byInstruction: way)
                #expect(sum.value == slow(part), "\(length) bytes from \(start), cut at \(split)")
            }
        }
    }

    /// CRC-32C by its definition, a bit at a time.
    private func slow(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0x82F6_3B78 }
        }
        return ~sum
    }

    @Test func `the fast checksum equals the definition word by word`() {
        var random = SeededGenerator.fresh("pages")
        for _ in 0..<50 {
            let page = (0..<8192).map { _ in UInt8.random(in: 0...255, using: &random) }
            let block = UInt32.random(in: 0...UInt32.max, using: &random)
            #expect(PageChecksum.compute(page.span.bytes, block: block) == slow(page, block))
        }
    }

    @Test func `the verdict on a page`() {
        var page = [UInt8](repeating: 0, count: 8192)
        #expect(verdict(page) == .zero)
        page[8191] = 1
        guard case .damaged = verdict(page) else {
            Issue.record("a new page that is not zero must be judged")
            return
        }
        page[15] = 0x20
        page[4] = 100
        let sum = PageChecksum.compute(page.span.bytes, block: 3)
        page[8] = UInt8(truncatingIfNeeded: sum)
        page[9] = UInt8(truncatingIfNeeded: sum >> 8)
        #expect(verdict(page) == .valid)
        for index in [0, 11, 4_000, 8_191] {
            var damaged = page
            damaged[index] ^= 1
            guard case .damaged = verdict(damaged) else {
                Issue.record("byte \(index) is not covered")
                return
            }
        }
        page[500] ^= 1
        #expect(verdict(page, start: LSN(100)) == .changedSince)
        guard case .damaged = verdict(page, start: LSN(101)) else {
            Issue.record("a page older than the backup is never excused")
            return
        }
    }

    @Test func `checksums are computed at several gigabytes a second`() {
        let pages = [UInt8](repeating: 7, count: 64 << 20)
        let clock = ContinuousClock()
        var sums: UInt64 = 0
        let time = clock.measure {
            let span = pages.span.bytes
            for page in 0..<pages.count / 8192 {
                let one = span.extracting(page * 8192..<(page + 1) * 8192)
                sums &+= UInt64(PageChecksum.compute(one, block: UInt32(page)))
            }
        }
        print("page checksums: \(Double(pages.count) / (time / .seconds(1)) / 1e9) GB/s")
        #expect(sums != 0)
    }

    private func verdict(_ page: [UInt8], start: LSN? = nil) -> PageVerdict {
        PageVerdict.verify(page.span.bytes, block: 3, backupStart: start)
    }

    /// `pg_checksum_page` without any cleverness.
    private func slow(_ page: [UInt8], _ block: UInt32) -> UInt16 {
        let bases: [UInt32] = [
            0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2,
            0x83E13D2C, 0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C,
            0xF718902A, 0x0B1C9CDB, 0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979,
            0xCCA6C0B2, 0x304A0979, 0x85AA43D4, 0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E,
            0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756,
        ]
        var copy = page
        copy[8] = 0
        copy[9] = 0
        var sums = bases
        for word in 0..<2048 + 64 {
            var value: UInt32 = 0
            if word < 2048 {
                for index in (0..<4).reversed() {
                    value = value << 8 | UInt32(copy[word * 4 + index])
                }
            }
            let mixed = sums[word % 32] ^ value
            sums[word % 32] = mixed &* 16_777_619 ^ mixed >> 17
        }
        return UInt16((sums.reduce(0, ^) ^ block) % 65535 + 1)
    }
}
