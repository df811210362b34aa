import Model
import ObjectStorage
import SystemIO
import TestKit
import Testing

@Suite struct RetryTests {
    private static func waits(
        _ failure: RetrySchedule.Failure,
        asked: Duration? = nil,
        step: Duration = .zero
    ) -> [Duration] {
        var schedule = RetrySchedule(S3Patience())
        var generator = SeededGenerator(seed: 7)
        var waits: [Duration] = []
        var passed = Duration.zero
        while let wait = schedule.wait(
            after: failure,
            passed: passed,
            asked: asked,
            using: &generator
        ) {
            waits.append(wait)
            passed += wait + step
        }
        return waits
    }

    @Test func `waits grow, are spread, and end after ten attempts`() {
        let waits = Self.waits(.busy)
        #expect(waits.count == 9)
        for (index, wait) in waits.enumerated() {
            #expect(wait <= min(.milliseconds(200) * (1 << index), .seconds(20)))
        }
        #expect(Set(waits).count == 9)
        #expect(Self.waits(.unanswered).count == 4)
        #expect(Self.waits(.broken).count == 9)
    }

    @Test func `an answer in between makes a server one that is waited for`() {
        var schedule = RetrySchedule(S3Patience())
        var generator = SeededGenerator(seed: 1)
        func next(_ failure: RetrySchedule.Failure) -> Duration? {
            schedule.wait(after: failure, passed: .zero, asked: nil, using: &generator)
        }
        #expect(next(.busy) != nil)
        for _ in 0..<8 { #expect(next(.unanswered) != nil) }
        #expect(next(.unanswered) == nil)
    }

    @Test func `a server may ask for more, and the whole has a bound`() {
        let waits = Self.waits(.busy, asked: .seconds(90))
        #expect(waits == [.seconds(90), .seconds(90), .seconds(90)])
        #expect(Self.waits(.busy, step: .seconds(200)).count == 2)
    }

    @Test(arguments: [
        (200, "", S3Verdict.final), (404, "NoSuchKey", .final), (403, "AccessDenied", .final),
        (412, "PreconditionFailed", .final), (501, "NotImplemented", .final),
        (500, "InternalError", .again(.busy)), (503, "SlowDown", .again(.busy)),
        (503, "", .again(.busy)), (429, "", .again(.busy)), (400, "RequestTimeout", .again(.busy)),
        (409, "OperationAborted", .again(.busy)), (400, "ExpiredToken", .refresh),
        (403, "InvalidAccessKeyId", .refresh), (403, "RequestTimeTooSkewed", .final),
        (507, "", .final), (301, "PermanentRedirect", .final),
    ])
    func `replies are judged`(status: Int, code: String, verdict: S3Verdict) {
        let body = code.isEmpty ? "<html>" : "<Error><Code>\(code)</Code></Error>"
        #expect(S3Verdict(S3Reply(status: status, body: Array(body.utf8))) == verdict)
    }

    @Test func `no more bytes than the rate go through, over any time`() {
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        var limit = RateLimit(bytesPerSecond: 1_000_000)
        var now = Duration.zero
        var total = 0
        for _ in 0..<2_000 {
            let bytes = Int.random(in: 1...300_000, using: &generator)
            now += limit.wait(bytes: bytes, now: now)
            let allowed = 1_000_000 * (Double(now.components.seconds) + 0.25) + 1_000_000
            #expect(Double(total) <= allowed, "seed \(seed)")
            total += bytes
            now += .milliseconds(Int.random(in: 0...50, using: &generator))
        }
        let seconds = Double(now.components.seconds)
        #expect(Double(total) > seconds * 900_000, "seed \(seed)")
    }

    @Test func `a limited store makes those wait who come after many bytes`() async throws {
        let clock = JumpingClock()
        let pacer = Pacer(bytesPerSecond: ByteCount(1_000), Timepiece(clock))
        let store = LimitedStore(MemoryStore(), pacer)
        try await store.put(object("a"), [UInt8](repeating: 1, count: 3_000))
        #expect(clock.waits.isEmpty)
        _ = try await store.get(object("a"), limit: 3_000)
        #expect(clock.now.passed == .milliseconds(2_750))
    }

    @Test func `a metered store counts calls and bytes`() async throws {
        let store = MeteredStore(MemoryStore())
        try await store.put(object("a"), [1, 2, 3])
        _ = try await store.get(object("a"), limit: 3)
        _ = try await store.read(object("a"), range: 0..<2)
        _ = try await store.status(object("a"))
        try await store.list("") { (_) throws(Fault) in }
        try await store.remove(object("a"))
        await #expect(throws: Fault.self) {
            try await store.keep(object("a"), until: Instant(seconds: 0))
        }
        let usage = store.usage
        #expect(
            usage.calls == [.put: 1, .get: 1, .read: 1, .status: 1, .list: 1, .remove: 1, .keep: 1]
        )
        #expect(usage.stored == ByteCount(3))
        #expect(usage.read == ByteCount(5))
        #expect(usage.listed == 1)
    }
}
