import Model
import ObjectStorage
import SystemIO
import TestKit
import Testing

/// Real servers behind a proxy that cuts, delays, lies and loses.
@Suite(.serialized, .networkThreads) struct S3FaultTests {
    enum Server: CaseIterable, Sendable {
        case rclone, moto

        func bucket() throws -> (S3Bucket, UInt16) {
            switch self {
            case .rclone:
                let server = try S3Servers.rclone.get()
                return (try server.bucket(), server.port)
            case .moto:
                let server = try S3Servers.moto.get()
                return (try server.bucket(), server.port)
            }
        }
    }

    /// A store that reaches its server through a proxy, and whose waits take no time.
    private struct Scene {
        let proxy: FaultyProxy
        let store: S3Store
        let impatient: S3Store
        let clock = JumpingClock()

        init(
            _ server: Server,
            _ rules: [FaultyProxy.Rule] = [],
            patience: S3Patience = S3Patience()
        ) throws {
            let (bucket, port) = try server.bucket()
            proxy = FaultyProxy(upstream: port, rules)
            var settings = bucket.fresh()
            settings.endpoint = "http://127.0.0.1:\(proxy.port)"
            settings.patience = patience
            var surroundings = S3Surroundings()
            surroundings.timepiece = Timepiece(clock)
            store = try S3Store(settings, environment: bucket.environment, surroundings)
            settings.patience.request = .milliseconds(500)
            settings.patience.slowest = 1 << 20
            settings.patience.idle = .milliseconds(200)
            settings.patience.attempts = 2
            impatient = try S3Store(settings, environment: bucket.environment, surroundings)
        }
    }

    private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    private static let slow = "<Error><Code>SlowDown</Code><Message>Please.</Message></Error>"

    @Test(arguments: Server.allCases)
    func `an upload whose reply is lost, or turned into a failure, succeeds`(server: Server)
        async throws
    {
        let scene = try Scene(
            server,
            [
                .init("PUT", "/one", .loseReply), .init("PUT", "/two", .answerAfterwards(500)),
                .init("PUT", "/three", times: 3, .cutReply(after: 0)),
            ]
        )
        for name in ["one", "two", "three"] {
            try await scene.store.put(object(name), Self.bytes)
            #expect(try await scene.store.get(object(name), limit: 300_000) == Self.bytes)
            let fault = await #expect(throws: Fault.self) {
                try await scene.store.put(object(name), [1])
            }
            #expect(fault?.code == .objectExists)
        }
        #expect(scene.proxy.requests.count { $0.hasPrefix("PUT") && $0.contains("/one") } >= 2)
    }

    @Test(arguments: Server.allCases)
    func `connections that break on the way in or out are made again`(server: Server) async throws {
        let scene = try Scene(
            server,
            [
                .init("PUT", "/a", .refuse), .init("PUT", "/a", .refuseBody(after: 100_000)),
                .init("GET", "/a", .cutReply(after: 1_000)), .init("GET", "/a", .loseReply),
                .init("GET", "list-type", .cutReply(after: 10)), .init("HEAD", "/a", .refuse),
                .init("DELETE", "/a", .loseReply),
            ]
        )
        try await scene.store.put(object("a"), Self.bytes)
        #expect(try await scene.store.get(object("a"), limit: 300_000) == Self.bytes)
        #expect(try await scene.store.read(object("a"), range: 5..<9) == Array(Self.bytes[5..<9]))
        #expect(try await scene.store.status(object("a"))?.bytes == 300_000)
        var count = 0
        try await scene.store.list("") { (_) throws(Fault) in count += 1 }
        #expect(count == 1)
        try await scene.store.remove(object("a"))
        #expect(try await scene.store.status(object("a")) == nil)
        #expect(scene.clock.waits.count == 7)
    }

    @Test func `a busy server is waited for as long as it asks, and no longer than the bound`()
        async throws
    {
        let scene = try Scene(.moto)
        try await scene.store.put(object("a"), [1])
        scene.proxy.follow([
            .init("GET", "/a", times: 3, .answer(503, body: Self.slow)),
            .init("GET", "/a", times: 1, .answer(429, headers: ["Retry-After": "40"])),
        ])
        #expect(try await scene.store.get(object("a"), limit: 1) == [1])
        #expect(scene.clock.waits.count == 4)
        #expect(scene.clock.waits.last == .seconds(40))
        scene.proxy.follow([.init("GET", "/a", times: 100, .answer(503, body: Self.slow))])
        let before = scene.clock.now
        let fault = await #expect(throws: Fault.self) {
            try await scene.store.get(object("a"), limit: 1)
        }
        #expect(fault?.code == .storeUnreachable)
        #expect(fault?.message.contains("SlowDown: Please") == true)
        #expect(scene.proxy.requests.count == 10)
        #expect(before.duration(to: scene.clock.now) < .seconds(300))
    }

    @Test func `a server that says stored and does not, or stores other bytes, is found out`()
        async throws
    {
        let scene = try Scene(
            .moto,
            [
                .init("PUT", "/lie", times: 1, .answer(200)),
                .init(
                    "PUT",
                    "/other",
                    times: 1,
                    .answer(200, headers: ["x-amz-checksum-sha256": "x"])
                ),
                .init("PUT", "/tag", times: 1, .answerAfterwards(200)),
            ]
        )
        for name in ["lie", "other"] {
            let fault = await #expect(throws: Fault.self, "\(name)") {
                try await scene.store.put(object(name), Self.bytes)
            }
            #expect(fault?.code == .storeUnreachable)
        }
        try await scene.store.put(object("tag"), Self.bytes)
        #expect(scene.proxy.requests.contains { $0.hasPrefix("HEAD") && $0.contains("/tag") })
    }

    @Test func `a reply that trickles or stands still is given up`() async throws {
        let scene = try Scene(.moto)
        try await scene.store.put(object("a"), Self.bytes)
        for misbehaviour in [
            FaultyProxy.Misbehaviour.trickle(milliseconds: 20), .silence(milliseconds: 1_000),
        ] {
            scene.proxy.follow([.init("GET", "/a", times: 2, misbehaviour)])
            let clock = ContinuousClock()
            let start = clock.now
            let fault = await #expect(throws: Fault.self) {
                try await scene.impatient.get(object("a"), limit: 300_000)
            }
            #expect(fault?.code == .storeUnreachable)
            // Far from the end of the reply, however busy the machine is.
            #expect(start.duration(to: clock.now) < .seconds(1_800))
        }
        #expect(try await scene.store.get(object("a"), limit: 300_000) == Self.bytes)
    }

    @Test func `a part that is another one, or shorter than it says, is refused`() async throws {
        let scene = try Scene(.rclone)
        try await scene.store.put(object("a"), Self.bytes)
        scene.proxy.follow([.init("GET", "/a", times: 1, .shortenReply(to: 10))])
        let fault = await #expect(throws: Fault.self) {
            try await scene.store.read(object("a"), range: 100..<200)
        }
        #expect(fault?.code == .storeUnreachable)
    }

    @Test(arguments: Server.allCases)
    func `a missing bucket is said, whatever is asked`(server: Server) async throws {
        let (bucket, _) = try server.bucket()
        var settings = bucket.fresh()
        settings.bucket = "nowhere-to-be-found"
        let store = try S3Store(settings, environment: bucket.environment)
        let calls: [@Sendable () async throws -> Void] = [
            { try await store.put(object("a/b"), []) },
            { _ = try await store.get(object("a"), limit: 1) },
            { _ = try await store.status(object("a")) }, { try await store.remove(object("a")) },
            { try await store.list("") { (_) throws(Fault) in } },
            { _ = try await store.read(object("a"), range: 0..<1) },
        ]
        for (index, call) in calls.enumerated() {
            let fault = await #expect(throws: Fault.self, "call \(index)") { try await call() }
            #expect(fault?.code == .storeMissing, "call \(index)")
        }
    }

    @Test func `faults name what is wrong and what mends it`() async throws {
        let cases: [(Int, String, Fault.Code, String)] = [
            (403, "RequestTimeTooSkewed", .storeClock, "timedatectl"),
            (403, "AccessDenied", .storeDenied, "permissions"),
            (403, "InvalidAccessKeyId", .storeCredentials, "credentials"),
            (403, "InvalidObjectState", .objectArchived, "Thaw"),
            (400, "AuthorizationHeaderMalformed", .storeRegion, "region"),
            (403, "QuotaExceeded", .storeFull, "quota"),
        ]
        for (status, code, expected, hint) in cases {
            let scene = try Scene(
                .moto,
                [
                    .init(
                        "GET",
                        times: 9,
                        .answer(
                            status,
                            headers: ["Date": "Fri, 24 May 2013 00:00:00 GMT"],
                            body: "<Error><Code>\(code)</Code><Region>mars-1</Region></Error>"
                        )
                    )
                ]
            )
            let fault = await #expect(throws: Fault.self) {
                try await scene.store.get(object("a"), limit: 1)
            }
            #expect(fault?.code == expected, "\(code)")
            #expect(fault?.hints.contains { $0.contains(hint) } == true, "\(code)")
            #expect(scene.proxy.requests.count == 1)
        }
    }

    @Test func `nothing at the address is said soon`() async throws {
        let (bucket, _) = try Server.moto.bucket()
        var settings = bucket.fresh()
        settings.endpoint = "http://127.0.0.1:1"
        let clock = JumpingClock()
        var surroundings = S3Surroundings()
        surroundings.timepiece = Timepiece(clock)
        let store = try S3Store(settings, environment: bucket.environment, surroundings)
        let fault = await #expect(throws: Fault.self) { try await store.status(object("a")) }
        #expect(fault?.code == .storeUnreachable)
        #expect(
            fault?.message.contains("127.0.0.1:1 does not answer: nothing listens there") == true
        )
        #expect(clock.waits.count == 4)
    }

    @Test func `a cancelled call ends at once`() async throws {
        var patience = S3Patience()
        (patience.request, patience.idle) = (.seconds(3_600), .seconds(3_600))
        let scene = try Scene(
            .moto,
            [.init("GET", "/a", times: 9, .silence(milliseconds: 3_600_000))],
            patience: patience
        )
        let clock = ContinuousClock()
        let fault = await withTaskGroup(of: Fault?.self) { group in
            group.addTask {
                do throws(Fault) {
                    _ = try await scene.store.get(object("a"), limit: 1)
                    return nil
                } catch {
                    return error
                }
            }
            while scene.proxy.requests.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
            group.cancelAll()
            let start = clock.now
            let fault = await group.next() ?? nil
            // Far from the end of the silence, however busy the machine is.
            #expect(start.duration(to: clock.now) < .seconds(1_800))
            return fault
        }
        #expect(fault?.code == .cancelled)
        #expect(scene.proxy.requests.count == 1)
    }

    @Test func `connections have a bound, and threads of our own may wait for them`() async throws {
        let scene = try Scene(.rclone)
        try await scene.store.put(object("a"), Self.bytes)
        let threads = BlockingThreads(name: "s3", threads: 2)
        await withTaskExecutorPreference(threads) {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        let bytes = try? await scene.store.get(object("a"), limit: 300_000)
                        return bytes == Self.bytes
                    }
                }
                for await isSame in group { #expect(isSame) }
            }
        }
        threads.shutDown()
        #expect(scene.proxy.mostConnections <= 17)
        #expect(scene.proxy.mostConnections > 1)
    }
}
