import Model
import ObjectStorage
import Protection
import RedisProtection
import RedisWire
import Sealing
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// What a log must not claim to know: after a time without a receiver, a clock that was set back, a failover, damage and forgery.
@Suite(.serialized, .ownThreads) struct RedisLogDoubtTests {
    /// A clock that goes as the system's does, so much later.
    private final class ShiftedClock: Timekeeper {
        private let shift: Mutex<Duration>

        init(_ shift: Duration) { self.shift = Mutex(shift) }

        func now() -> Instant { SystemClock().now() + shift.withLock { $0 } }

        func set(_ new: Duration) { shift.withLock { $0 = new } }
    }

    private static func value(
        _ harness: Harness,
        _ component: RedisComponent,
        at target: RecoveryTarget
    ) async throws -> RedisReply {
        try await harness.restored(component, at: target, .redis7) {
            try await $0.run("GET", "a")
        }
    }

    private static func warnings(
        _ harness: Harness,
        _ component: RedisComponent,
        at target: RecoveryTarget
    ) async throws -> [String] {
        let plan = try await component.planRestore(harness.request(to: harness.folder, at: target))
        return plan.steps.filter { $0.hasPrefix("careful: ") }
    }

    private static func reply(_ text: String) -> RedisReply { .bulk(Array(text.utf8)) }

    private static func pieces(_ harness: Harness) async throws -> [LogPiece] {
        try await LogReader(harness.vault, stream: harness.stream).pieces.sorted {
            ($0.epoch, $0.from) < ($1.epoch, $1.from)
        }
    }

    @Test func `a moment at which nobody received is the one before, and the plan says so`()
        async throws
    {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let harness = try await Harness()
        let component = server.replayed
        let end = try await harness.receiving(component) {
            try await server.run("SET", "a", "1")
            return try await harness.moment(of: server)
        }
        // Nobody receives this for an hour; the server keeps it.
        try await server.run("SET", "a", "2")
        let late = ShiftedClock(.seconds(3_600))
        let back = try await harness.receiving(component, by: late) {
            try await harness.moment(of: server, by: late)
        }
        #expect(try await harness.epochs().count == 1)
        let inside = RecoveryTarget.time(end + .seconds(1_800))
        let plan = try await component.planRestore(
            harness.request(to: harness.folder, at: inside)
        )
        #expect(plan.steps.contains { $0.hasPrefix("careful: nothing was received between ") })
        #expect(try #require(plan.point) < end + .seconds(1_800))
        #expect(try await Self.value(harness, component, at: inside) == Self.reply("1"))
        for (moment, value) in [(end, "1"), (back, "2")] {
            #expect(try await Self.warnings(harness, component, at: .time(moment)) == [])
            #expect(
                try await Self.value(harness, component, at: .time(moment)) == Self.reply(value)
            )
        }
    }

    @Test func `a clock that is set back begins the log anew, and no moment stands still`()
        async throws
    {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let harness = try await Harness()
        let component = server.replayed
        let clock = ShiftedClock(.seconds(3_600))
        let moment = try await harness.receiving(component, by: clock) {
            try await server.run("SET", "a", "1")
            _ = try await harness.moment(of: server, by: clock)
            clock.set(.zero)
            try await harness.wait("there are two epochs and two snapshots") {
                let (epochs, snapshots) = try await (harness.epochs().count, harness.snapshots())
                return epochs == 2 && snapshots == 2
            }
            try await server.run("SET", "a", "2")
            let moment = try await harness.moment(of: server)
            try await server.run("SET", "a", "3")
            _ = try await harness.moment(of: server)
            return moment
        }
        #expect(harness.told.contains { $0.contains("this host's clock was set back") })
        #expect(try await Self.value(harness, component, at: .time(moment)) == Self.reply("2"))
        #expect(try await Self.value(harness, component, at: .latest) == Self.reply("3"))
    }

    @Test func `a new master does not continue what only the old one has sent`() async throws {
        let master = try RedisServer.beating()
        defer { master.remove() }
        let replica = try RedisServer.beating(.redis7, ["--replicaof", "127.0.0.1 \(master.port)"])
        defer { replica.remove() }
        let harness = try await Harness()
        try await harness.wait("the replica is in step") {
            try await replica.run("INFO", "replication").text?.contains("link_status:up") == true
        }
        try await harness.receiving(master.replayed) {
            try await master.run("SET", "a", "1")
            _ = try await harness.moment(of: master)
        }
        let log = try await LogReader(harness.vault, stream: harness.stream)
        let last = try #require(log.pieces.max { $0.to < $1.to })
        let head = try await log.head(of: last)
        try await Self.waitUntil(replica, hasAllOf: harness)
        master.stop()
        // The beginning of a long command that the master was sending when it died.
        let cut =
            Array("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$9000000\r\n".utf8)
            + [UInt8](repeating: 0x78, count: 5_000)
        try await Self.put(cut, behind: last, head, harness)
        try await replica.run("REPLICAOF", "NO", "ONE")
        let component = replica.replayed
        try await harness.receiving(component) {
            try await replica.run("SET", "a", "2")
            _ = try await harness.moment(of: replica)
        }
        #expect(harness.told.contains { $0.contains("another server is the master now") })
        #expect(try await harness.epochs().count == 2)
        #expect(try await Self.value(harness, component, at: .latest) == Self.reply("2"))
    }

    @Test func `a new master of a newer version is the beginning of what it sends`() async throws {
        let master = try RedisServer.beating()
        defer { master.remove() }
        let replica = try RedisServer.beating(.redis8, ["--replicaof", "127.0.0.1 \(master.port)"])
        defer { replica.remove() }
        let harness = try await Harness()
        try await harness.wait("the replica is in step") {
            try await replica.run("INFO", "replication").text?.contains("link_status:up") == true
        }
        try await harness.receiving(master.replayed) {
            try await master.run("SET", "a", "1")
            _ = try await harness.moment(of: master)
        }
        try await Self.waitUntil(replica, hasAllOf: harness)
        master.stop()
        try await replica.run("REPLICAOF", "NO", "ONE")
        let component = replica.replayed
        try await harness.receiving(component) {
            try await harness.wait("there is a snapshot of it") {
                try await harness.snapshots() == 2
            }
            // Commands and types that the old one does not know.
            try await replica.run("VADD", "v", "VALUES", "2", "1", "2", "one")
            try await replica.run("HSET", "a2", "f", "1")
            try await replica.run("HEXPIRE", "a2", "5000", "FIELDS", "1", "f")
            _ = try await harness.moment(of: replica)
        }
        #expect(try await harness.epochs().count == 1)
        let back = try await harness.restored(component, at: .latest, .redis8) {
            [try await $0.run("GET", "a"), try await $0.run("VCARD", "v")]
        }
        #expect(back == [Self.reply("1"), .integer(1)])
    }

    @Test func `vector sets of Redis 8 are no data of a module`() async throws {
        let server = try RedisServer.beating(.redis8)
        defer { server.remove() }
        try await server.run("VADD", "v", "VALUES", "2", "1", "2", "one")
        let harness = try await Harness()
        let component = server.replayed
        try await harness.receiving(component) {
            _ = try await harness.moment(of: server)
            try await server.run("VADD", "v", "VALUES", "2", "2", "1", "two")
            _ = try await harness.moment(of: server)
        }
        let back = try await harness.restored(component, at: .latest, .redis8) {
            try await $0.run("VCARD", "v")
        }
        #expect(back == .integer(2))
        let old = RedisComponent(
            name: "cache",
            address: server.address,
            replayProgram: FilePath(RedisProgram.redis7.path)
        )
        let fault = await #expect(throws: Fault.self) {
            try await old.planRestore(harness.request(to: harness.folder))
        }
        #expect(fault?.code == .serverMissing)
    }

    private static func waitUntil(_ replica: RedisServer, hasAllOf harness: Harness) async throws {
        let end = try #require(try await pieces(harness).last).to
        try await harness.wait("the replica has all that the log has") {
            let info = try await replica.run("INFO", "replication").text ?? ""
            let offset = info.split(whereSeparator: \.isNewline).compactMap { line in
                line.hasPrefix("slave_repl_offset:") ? UInt64(line.dropFirst(18)) : nil
            }
            return offset.first ?? 0 >= end
        }
    }

    private static func put(
        _ bytes: [UInt8],
        behind last: LogPiece,
        _ head: LogHead,
        _ harness: Harness
    ) async throws {
        let writer = try harness.logWriter()
        try await writer.put(
            LogInput(
                source: head.source,
                epoch: last.epoch,
                from: last.to,
                bytes: bytes,
                time: head.time,
                heartbeat: head.heartbeat,
                facts: ["replication_id": head.facts["replication_id"] ?? "", "marks": ""]
            )
        )
    }

    @Test func `a forged or damaged piece only takes what lies behind it`() async throws {
        let server = try RedisServer.beating()
        defer { server.remove() }
        let harness = try await Harness()
        let component = server.replayed
        let moments = try await harness.receiving(component) {
            var moments: [Instant] = []
            for value in ["1", "2", "3"] {
                try await server.run("SET", "a", value)
                moments.append(try await harness.moment(of: server))
            }
            return moments
        }
        let whole = harness.store.contents
        let pieces = try await Self.pieces(harness)
        let (first, end) = (try #require(pieces.first), try #require(pieces.last))
        let middle = pieces[pieces.count / 2]
        // Who can write to the copy and has no key puts pieces that reach further than any true one.
        for (from, to) in [
            (first.from, UInt64.max >> 1), (first.from, middle.to), (middle.from, end.to),
        ] {
            try Self.forge(harness, from: from, to: to, like: first)
        }
        for (moment, value) in zip(moments, ["1", "2", "3"]) {
            #expect(try await Self.warnings(harness, component, at: .time(moment)) == [])
            #expect(
                try await Self.value(harness, component, at: .time(moment)) == Self.reply(value)
            )
        }
        #expect(try await Self.value(harness, component, at: .latest) == Self.reply("3"))
        let newest = try await Self.warnings(harness, component, at: .latest)
        #expect(newest.first?.hasPrefix("careful: log of later is there") == true, "\(newest)")

        // The piece of the second moment is damaged, and nothing else.
        for name in harness.store.contents.keys { harness.store.tamper(name, whole[name]) }
        let log = try await LogReader(harness.vault, stream: harness.stream)
        var broken: LogPiece?
        for piece in pieces {
            let time = try await log.head(of: piece).heartbeat?.time
            if let time, time > moments[0], time <= moments[1] { broken = piece }
        }
        let lost = try #require(broken)
        try Self.damage(harness, lost)
        #expect(
            try await Self.value(harness, component, at: .time(moments[0])) == Self.reply("1")
        )
        for moment in moments.dropFirst() {
            let fault = await #expect(throws: Fault.self) {
                try await Self.value(harness, component, at: .time(moment))
            }
            #expect(fault?.code.disposition == .corrupt, "\(fault?.message ?? "")")
        }
    }

    /// The object of a piece.
    private static func name(_ harness: Harness, _ piece: LogPiece) throws -> ObjectName {
        try #require(
            harness.store.contents.keys.first {
                $0.text.hasPrefix("log/") && $0.text.hasSuffix("-\(piece.short)")
            }
        )
    }

    private static func damage(_ harness: Harness, _ piece: LogPiece) throws {
        let name = try name(harness, piece)
        var bytes = try #require(harness.store.contents[name])
        // In its head.
        bytes[100] ^= 1
        harness.store.tamper(name, bytes)
    }

    private static func forge(
        _ harness: Harness,
        from: UInt64,
        to: UInt64,
        like piece: LogPiece
    ) throws {
        let folder = try name(harness, piece).text.split(separator: "/").dropLast()
        let digits = { (number: UInt64) in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        let bytes = Array("no log from \(from) to \(to)".utf8)
        let short = Hashing.sha256(bytes).short
        let text = folder.joined(separator: "/") + "/\(digits(from))-\(digits(to))-\(short)"
        harness.store.tamper(try #require(ObjectName(text)), bytes)
    }
}
