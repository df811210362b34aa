import Model
import PostgresProtection
import Protection
import TestKit
import Testing
import Vault

/// The lanes of several copies, one of which hangs.
struct LogFanTests {
    private struct Stand {
        let fixture: VaultFixture
        let second: HangingStore
        let copies: [LogCopies.Copy]
        let vaults: [Vault]
        let writer: LogWriter

        init() async throws {
            fixture = try await VaultFixture(in: MemoryStore())
            second = HangingStore(MemoryStore())
            let (first, copy) = (fixture.vault, try await fixture.vault.makeCopy(in: second))
            vaults = [first, copy]
            copies = [
                LogCopies.Copy(name: "one") { () async throws(Fault) in first },
                LogCopies.Copy(name: "two") { () async throws(Fault) in copy },
            ]
            writer = try LogWriter(
                fixture.vault,
                keys: fixture.keys,
                stream: fixture.stream,
                kind: .postgresql,
                state: fixture.state.path
            )
        }

        /// A piece of 1,000 bytes.
        func entry(_ number: Int) async throws(Fault) -> LogFront.Entry {
            let log = try await writer.seal(
                LogInput(
                    source: "1",
                    epoch: 1,
                    from: UInt64(number * 1_000),
                    bytes: [UInt8](repeating: UInt8(number), count: 1_000),
                    time: fixture.time,
                    heartbeat: nil,
                    facts: ["segment_bytes": "1048576"]
                )
            )
            return LogFront.Entry(log, place: LogPlace(1, LSN(UInt64(number + 1) * 1_000)))
        }

        func wait(for what: String, _ isThere: () -> Bool) async throws(Fault) {
            let deadline = ContinuousClock.now + .seconds(300)
            while !isThere() {
                guard ContinuousClock.now < deadline else {
                    throw Fault(.cancelled, "unable to go on: waited in vain for \(what)")
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    @Test func `a copy that hangs is called overdue once, the other goes on, and it catches up`()
        async throws
    {
        let stand = try await Stand()
        let (second, copies) = (stand.second, stand.copies)
        let front = LogFront(
            at: LogPlace(1, LSN(0)),
            follows: [true, true],
            durability: .anyCopy
        )
        let fan = LogFan(front, vaults: stand.vaults)
        let lanes = [0, 1].map { index in
            LogLane(fan: fan, index: index, copies: copies, stream: stand.fixture.stream) { _ in }
        }
        try await fan.running(lanes) { () async throws(Fault) in
            second.hang()
            defer { second.release() }
            let pieces = [
                try await stand.entry(0), try await stand.entry(1), try await stand.entry(2),
            ]
            #expect(fan.withFront { $0.offer(pieces[0]) })
            try await stand.wait(for: "the copy that works and the one that hangs") {
                second.isHolding && fan.withFront { $0.durable(0) } == pieces[0].place
            }
            #expect(fan.overdue(after: .seconds(3_600)).isEmpty)
            #expect(fan.overdue(after: .zero) == [LogFan.Overdue(copy: 1, goesOn: true)])
            #expect(fan.overdue(after: .zero).isEmpty)
            #expect(fan.withFront { $0.standing(1) } == .behind)
            #expect(fan.withFront { $0.offer(pieces[1]) })
            try await stand.wait(for: "the copy that works") {
                fan.withFront { $0.durable(0) } == pieces[1].place
            }
            #expect(fan.withFront { $0.safe } == pieces[1].place)
            second.release()
            try await stand.wait(for: "the copy that hung") {
                fan.withFront { $0.standing(1) == .following && $0.durable(1) == pieces[1].place }
            }
            #expect(fan.withFront { $0.offer(pieces[2]) })
            try await stand.wait(for: "both copies") {
                fan.withFront { $0.durable(0) == pieces[2].place && $0.durable(1) == $0.durable(0) }
            }
        }
        for vault in stand.vaults {
            let reader = try await LogReader(vault, stream: stand.fixture.stream)
            #expect(reader.coverage(epoch: 1).reach(from: 0) == 3_000)
        }
    }

    @Test func `where no other copy takes the log, what waits for the one that hangs stays`()
        async throws
    {
        let stand = try await Stand()
        let (second, copies) = (stand.second, stand.copies)
        let front = LogFront(
            at: LogPlace(1, LSN(0)),
            follows: [false, true],
            durability: .everyCopy
        )
        let fan = LogFan(front, vaults: [nil, stand.vaults[1]])
        let lane = LogLane(fan: fan, index: 1, copies: copies, stream: stand.fixture.stream) { _ in
        }
        try await fan.running([lane]) { () async throws(Fault) in
            second.hang()
            defer { second.release() }
            let piece = try await stand.entry(0)
            #expect(fan.withFront { $0.offer(piece) })
            try await stand.wait(for: "the copy that hangs") { second.isHolding }
            #expect(fan.overdue(after: .zero) == [LogFan.Overdue(copy: 1, goesOn: false)])
            #expect(fan.withFront { $0.standing(1) } == .following)
            second.release()
            try await stand.wait(for: "the copy") {
                fan.withFront { $0.durable(1) } == piece.place
            }
        }
    }
}
