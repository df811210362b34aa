import Model
import PostgresWire
import TestKit
import Testing

@Suite struct WALReaderTests {
    /// A log with everything in it: images whole, with holes and compressed, records over several
    /// pages, an origin, a segment switch.
    private func lively(_ version: WALVersion, segment: UInt64 = 1 << 20) -> LogWriter {
        var log = LogWriter(version: version, segment: segment, start: segment * 3)
        log.append(0, 0, main: [UInt8](repeating: 1, count: 88))
        log.append(10, 0, blocks: [.init(block: 1, data: [1, 2, 3])], main: [4, 5, 6])
        log.append(10, 0, blocks: [.init(block: 2, image: 8192)], main: [7])
        log.append(
            11,
            0,
            blocks: [.init(block: 3, image: 6000), .init(block: 4, sameRelation: true)]
        )
        log.append(11, 0, blocks: [.init(block: 5, image: 60, data: [1])], origin: true)
        log.append(21, 0, main: [UInt8](repeating: 3, count: 20_000))
        log.append(9, 0, blocks: (10..<30).map { .init(block: $0, image: 99) })
        log.append(0, 0x40)
        log.append(10, 0, blocks: [.init(block: 40)])
        return log
    }

    @Test(arguments: WALVersion.allCases, [1 << 20, 16 << 20, 64 << 20] as [UInt64])
    func `the records of each version and segment size are read`(
        version: WALVersion,
        segment: UInt64
    ) {
        let log = lively(version, segment: segment)
        let reading = LogReading(log, systemIdentifier: 77)
        #expect(reading.stop == nil)
        #expect(reading.records == log.records)
    }

    @Test func `a log cut at any byte gives the same records`() {
        let log = lively(.v16)
        let head = Array(log.bytes.prefix(7 * 8192))
        let whole = LogReading(head, at: log.start, version: .v16, segmentSize: log.segmentSize)
        #expect(whole.records.count == 8)
        #expect(whole.stop == nil)
        for cut in 0...head.count {
            let parts = LogReading(
                head,
                at: log.start,
                version: .v16,
                segmentSize: log.segmentSize,
                cuts: [cut]
            )
            #expect(parts == whole, "cut at \(cut)")
        }
        let single = LogReading(log, cuts: Array(1..<log.bytes.count))
        #expect(single.records == log.records)
        #expect(single.stop == nil)
    }

    @Test func `a changed byte is found or does not matter`() {
        let log = lively(.v16)
        let head = Array(log.bytes.prefix(7 * 8192))
        let whole = LogReading(head, at: log.start, version: .v16, segmentSize: log.segmentSize)
        var harmless = 0
        for place in head.indices {
            var bytes = head
            bytes[place] ^= UInt8(1 << (place % 8))
            let reading = LogReading(
                bytes,
                at: log.start,
                version: log.version,
                segmentSize: log.segmentSize
            )
            #expect(whole.records.starts(with: reading.records), "byte \(place)")
            if reading.stop == nil {
                harmless += 1
                #expect(reading.records == whole.records, "byte \(place)")
                // Only heads of pages and the padding between records are not under a CRC.
                let isHead = place % 8192 < 40
                let isRecord = whole.records.contains {
                    let offset = Int($0.start - log.start)
                    return (offset..<offset + $0.length).contains(place)
                }
                #expect(isHead || !isRecord, "byte \(place)")
            }
        }
        #expect(harmless > 0)
    }

    @Test func `reading may begin in the middle of a record`() throws {
        let log = lively(.v16)
        let large = try #require(log.records.first { $0.length > 20_000 })
        for page in 1..<5 {
            let offset = page * 8192
            let reading = LogReading(
                Array(log.bytes[offset...]),
                at: log.start + UInt64(offset),
                version: .v16,
                segmentSize: log.segmentSize
            )
            #expect(reading.stop == nil)
            #expect(
                reading.records == log.records.filter { $0.start >= log.start + UInt64(offset) }
            )
        }
        var reader = WALReader(
            at: log.start,
            version: .v16,
            segmentSize: log.segmentSize,
            systemIdentifier: nil
        )
        let part = Int(large.start - log.start) + 10_000
        #expect(
            reader.read(log.bytes.span.bytes.extracting(0..<part), at: log.start) { _, _, _ in }
                == nil
        )
        #expect(reader.nextRecord == large.start)
        #expect(reader.position == log.start + UInt64(part))
    }

    @Test func `what a crash left unfinished is forgotten`() {
        for length in [9_000, 30_000, 1_200_000] {
            var log = LogWriter()
            log.append(10, 0, blocks: [.init(block: 1)])
            log.crash(within: length)
            log.append(0, 0xD0, main: [UInt8](repeating: 0, count: 16))
            log.append(10, 0, blocks: [.init(block: 2)])
            #expect(LogReading(log) == LogReading(log, cuts: [8200, 8210, 8250]))
            #expect(LogReading(log).records == log.records, "\(length)")
        }
    }

    @Test func `each reason to stop is told apart`() throws {
        let log = lively(.v16)
        let second = try #require(log.records.dropFirst().first)
        func reason(_ change: (inout [UInt8]) -> Void) -> WALStop.Reason? {
            var bytes = log.bytes
            change(&bytes)
            return LogReading(
                bytes,
                at: log.start,
                version: .v16,
                segmentSize: log.segmentSize,
                systemIdentifier: 77
            ).stop?.reason
        }
        let place = Int(second.start - log.start)
        #expect(reason { _ in } == nil)
        #expect(
            reason { $0.replaceSubrange(place..<place + 24, with: repeatElement(0, count: 24)) }
                == .unwritten
        )
        #expect(
            reason { $0.replaceSubrange(0..<8192, with: repeatElement(0, count: 8192)) }
                == .unwritten
        )
        #expect(reason { $0[0] ^= 1 } == .pageFormat)
        #expect(reason { $0[8] ^= 1 } == .pagePosition)
        #expect(reason { $0[24] ^= 1 } == .foreignPage)
        #expect(reason { $0[4] = 9 } == .timelineBackwards)
        #expect(reason { $0[8192 + 16] ^= 1 } == .continuation)
        #expect(reason { $0[8192 + 2] ^= 1 } == .continuation)
        #expect(reason { $0[place] = 3 } == .recordHead)
        #expect(reason { $0[place + 8] ^= 1 } == .recordHead)
        #expect(reason { $0[place + 17] = 99 } == .recordHead)
        #expect(reason { $0[place + 30] ^= 1 } == .checksum)
        var reader = WALReader(
            at: log.start,
            version: .v16,
            segmentSize: log.segmentSize,
            systemIdentifier: nil
        )
        let span = log.bytes.span.bytes
        #expect(reader.read(span, at: log.start + 8) { _, _, _ in }?.reason == .gap)
        #expect(reader.read(span, at: log.start) { _, _, _ in }?.reason == .gap)
    }

    @Test func `a record with a right CRC may still contradict itself`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        var stopped = 0
        for _ in 0..<3_000 {
            var log = LogWriter(
                version: try #require(WALVersion.allCases.randomElement(using: &generator))
            )
            log.append(
                10,
                0,
                blocks: [.init(block: 1, image: 60, data: [1]), .init(block: 2, image: 500)],
                main: [1]
            )
            let length = try #require(log.records.first).length
            var bytes = log.bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = 40 + 24 + Int.random(in: 0..<80, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            var sum = CRC32C(bytes[64..<40 + length])
            sum.update(bytes[40..<60])
            bytes.replaceSubrange(60..<64, with: little(sum.value))
            let reading = LogReading(
                bytes,
                at: log.start,
                version: log.version,
                segmentSize: log.segmentSize
            )
            if reading.stop != nil {
                #expect(reading.stop?.reason == .recordContent, "seed \(seed)")
                stopped += 1
            }
        }
        #expect(stopped > 1_000, "seed \(seed)")
    }

    @Test func `hostile bytes never trap`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let log = lively(.v16)
        for _ in 0..<300 {
            var bytes = log.bytes
            for _ in 0..<Int.random(in: 1...30, using: &generator) {
                let place = Int.random(in: 0..<60_000, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            let reading = LogReading(
                bytes,
                at: log.start,
                version: log.version,
                segmentSize: log.segmentSize
            )
            #expect(log.records.starts(with: reading.records), "seed \(seed)")
        }
        for start in [0, 8, 8192, 1 << 20, UInt64.max - 7, UInt64.max - 8191] {
            let noise = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let reading = LogReading(
                noise,
                at: LSN(start),
                version: .v15,
                segmentSize: log.segmentSize
            )
            #expect(reading.records.isEmpty && reading.stop != nil, "seed \(seed)")
        }
    }
}
