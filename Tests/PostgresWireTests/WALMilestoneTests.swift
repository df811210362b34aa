import Model
import PostgresWire
import Testing

/// Ends of transactions, and removals that do not wait for them.
@Suite struct WALMilestoneTests {
    private let time = Instant(postgresMicroseconds: 800_000_000_000_123)

    private var stamp: [UInt8] { little(time.postgresMicroseconds) }

    /// What the records of a log are, by their numbers.
    private func milestones(_ log: LogWriter) -> [Int: WALMilestone] {
        var reader = WALReader(
            at: log.start,
            version: log.version,
            segmentSize: log.segmentSize,
            systemIdentifier: nil
        )
        var found: [Int: WALMilestone] = [:]
        var count = 0
        let version = log.version
        let stop = reader.read(log.bytes.span.bytes, at: log.start) { record, references, data in
            found[count] = WALMilestone(
                record,
                references: references,
                mainData: data,
                version: version
            )
            count += 1
        }
        #expect(stop == nil)
        #expect(count == log.records.count)
        return found
    }

    @Test(arguments: [WALVersion.v14, .v15, .v18])
    func `transactions end or are prepared at a time`(version: WALVersion) {
        var log = LogWriter(version: version)
        for info: UInt8 in [0x00, 0x20, 0x30, 0x40] { log.append(1, info, main: stamp) }
        // Of a prepared one: four numbers before the time; it may be as long as it likes.
        log.append(1, 0x10, main: [UInt8](repeating: 1, count: 16) + stamp)
        let long = [UInt8](repeating: 1, count: 300_000)
        log.append(1, 0x90, main: long.prefix(16) + stamp + long)
        // With more parts behind the time, and an origin.
        log.append(1, 0x80, main: stamp + little(UInt32(0x20)) + long.prefix(16), origin: true)
        // Assignments of subtransactions, invalidations, and what is too short.
        log.append(1, 0x50, main: stamp)
        log.append(1, 0x60, main: stamp)
        log.append(1, 0x00, main: [1, 2, 3])
        log.append(1, 0x10, main: stamp)
        let ended = WALMilestone.ended(time)
        let prepared = WALMilestone.prepared(time)
        #expect(
            milestones(log) == [
                0: ended, 1: ended, 2: ended, 3: ended, 4: prepared, 5: prepared, 6: ended,
            ]
        )
    }

    @Test func `removals are known by their kinds, which version 15 numbered anew`() {
        let place = [UInt8](repeating: 1, count: 12)
        for (version, expected) in [(WALVersion.v14, [1, 3, 4]), (.v15, [2, 3, 4])] {
            var log = LogWriter(version: version)
            // Of databases, tablespaces and origins.
            for (manager, info): (UInt8, UInt8) in [(4, 1), (4, 0x11), (4, 0x21)] {
                log.append(manager, info, main: place)
            }
            for manager: UInt8 in [5, 19] { log.append(manager, 0x10, main: place) }
            for manager: UInt8 in [5, 19] { log.append(manager, 0x00, main: place) }
            let found = milestones(log)
            #expect(found.keys.sorted() == expected, "\(version)")
            #expect(found.values.allSatisfy { $0 == .removed })
        }
    }

    @Test func `a change in place of a shared catalog may close a database`() {
        let database = RelationID(tablespace: 1664, database: 0, number: 1262)
        var log = LogWriter()
        log.append(10, 0x70, blocks: [.init(relation: database, block: 0, data: [1, 2])])
        log.append(10, 0x70, blocks: [.init(relation: database, block: 3, image: 8192)])
        // In another catalog, and not in place.
        log.append(10, 0x70, blocks: [.init(block: 0, data: [1, 2])])
        log.append(10, 0x10, blocks: [.init(relation: database, block: 0, data: [1, 2])])
        log.append(10, 0x70, main: [1, 2])
        #expect(milestones(log) == [0: .removed, 1: .removed])
    }
}
