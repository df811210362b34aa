import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What only some servers can: TLS, parts, versions, locks, cold storage.
@Suite(.serialized, .networkThreads) struct S3ServerTests {
    @Test func `a server with a certificate of its own is trusted when told to, and only then`()
        async throws
    {
        let certificate = try await TestCertificate()
        let server = try RcloneServer(tls: certificate)
        let bucket = try server.bucket()
        let stranger = try await #require(throws: Fault.self) {
            _ = try await bucket.store().status(object("a"))
        }
        #expect(stranger.code == .storeUnreachable)
        #expect(stranger.hints.contains { $0.contains("`ca:`") })
        var named = bucket
        named.settings.certificates = certificate.certificate
        try await named.store().put(object("a"), [1])
        var variable = bucket
        variable.environment["AWS_CA_BUNDLE"] = certificate.certificate.string
        #expect(try await variable.store().status(object("a")) == nil)
        named.settings.certificates = certificate.key
        #expect(throws: Fault.self) { _ = try named.store() }
    }

    @Test(arguments: S3FaultTests.Server.allCases)
    func `a large object goes in parts, is there whole or not at all`(server: S3FaultTests.Server)
        async throws
    {
        let (bucket, port) = try server.bucket()
        let proxy = FaultyProxy(upstream: port)
        var settings = bucket.fresh()
        settings.endpoint = "http://127.0.0.1:\(proxy.port)"
        var surroundings = S3Surroundings()
        surroundings.timepiece = Timepiece(JumpingClock())
        let store = try S3Store(settings, environment: bucket.environment, surroundings)
        let bytes = [UInt8](repeating: 5, count: 65 << 20)
        let failure = "<Error><Code>AccessDenied</Code></Error>"
        proxy.follow([.init("PUT", "partNumber=2", .answer(403, body: failure))])
        await #expect(throws: Fault.self) { try await store.put(object("big"), bytes) }
        #expect(proxy.requests.contains { $0.hasPrefix("DELETE") && $0.contains("uploadId") })
        #expect(try await store.status(object("big")) == nil)
        proxy.follow([
            .init("PUT", "partNumber=1", .loseReply), .init("POST", "uploadId", .loseReply),
        ])
        try await store.put(object("big"), bytes)
        #expect(try await store.status(object("big"))?.bytes == 65 << 20)
        try await store.put(object("big"), bytes)
        let part = try await store.read(object("big"), range: (33 << 20)..<(33 << 20) + 10)
        #expect(part == [UInt8](repeating: 5, count: 10))
        let late = "<Error><Code>InternalError</Code></Error>"
        proxy.follow([.init("POST", "uploadId", .answer(200, body: late))])
        await #expect(throws: Fault.self) { try await store.put(object("late"), bytes) }
        #expect(try await store.status(object("late")) == nil)
    }

    @Test func `in a versioned bucket nothing that was overwritten is lost, and removal is real`()
        async throws
    {
        let server = try S3Servers.moto.get()
        let bucket = try server.bucket("versioned")
        let settings = bucket.fresh()
        let store = try S3Store(settings, environment: bucket.environment)
        try await store.put(object("a"), [1, 2, 3])
        try PlainRequest.send(
            "PUT",
            "/versioned/\(settings.prefix)/a",
            Array("evil".utf8),
            port: server.port
        )
        #expect(try await store.get(object("a"), limit: 9) == Array("evil".utf8))
        let versions = try await store.versions(of: object("a"))
        #expect(versions.map(\.bytes) == [4, 3])
        #expect(versions.map(\.isCurrent) == [true, false])
        let good = try await store.read(object("a"), version: versions[1].id, range: 0..<9)
        #expect(good == [1, 2, 3])
        try PlainRequest.send("DELETE", "/versioned/\(settings.prefix)/a", port: server.port)
        #expect(try await store.status(object("a")) == nil)
        #expect(
            try await store.versions(of: object("a")).map(\.isDeletion) == [true, false, false]
        )
        var deleted: [ObjectName] = []
        try await store.put(object("a-b"), [5])
        try await store.listDeleted { (name) throws(Fault) in deleted.append(name) }
        #expect(deleted == [object("a")])
        #expect(try await store.undelete(object("a")))
        #expect(try await store.get(object("a"), limit: 9) == Array("evil".utf8))
        #expect(try await !store.undelete(object("a")))
        try await store.remove(object("a"))
        #expect(try await store.versions(of: object("a")).isEmpty)
        try await store.put(object("a"), [4])
        #expect(try await store.get(object("a"), limit: 9) == [4])
    }

    @Test func `what is locked is kept, visible, for as long as the longest wish`() async throws {
        let bucket = try S3Servers.moto.get().bucket("locked")
        var settings = bucket.fresh()
        settings.lock = S3Lock(mode: .compliance, period: .seconds(3_600))
        let store = try S3Store(settings, environment: bucket.environment)
        let before = SystemClock().now()
        try await store.put(object("a"), [1])
        let first = try #require(try await store.status(object("a"))?.lockedUntil)
        // Clocks may be set meanwhile.
        let after = SystemClock().now()
        #expect(first >= before + .seconds(3_590) && first <= after + .seconds(3_610))
        let fault = await #expect(throws: Fault.self) { try await store.remove(object("a")) }
        #expect(fault?.code == .objectLocked)
        #expect(fault?.message.contains("it is kept: it is locked until") == true)
        #expect(try await store.get(object("a"), limit: 9) == [1])
        let later = before + .seconds(86_400)
        try await store.keep(object("a"), until: later)
        #expect(try await store.status(object("a"))?.lockedUntil?.seconds ?? 0 >= later.seconds)
        try await store.keep(object("a"), until: before)
        #expect(try await store.status(object("a"))?.lockedUntil?.seconds ?? 0 >= later.seconds)
        let missing = await #expect(throws: Fault.self) {
            try await store.keep(object("none"), until: later)
        }
        #expect(missing?.code == .objectMissing)
        // The same bytes again are no new version that would be locked for longer.
        try await store.put(object("a"), [1])
        #expect(try await store.versions(of: object("a")).count == 1)
    }

    @Test func `a bucket without locks says so`() async throws {
        let bucket = try S3Servers.moto.get().bucket("versioned")
        var settings = bucket.fresh()
        try await S3Store(settings, environment: bucket.environment).put(object("a"), [1])
        settings.lock = S3Lock(mode: .governance, period: .seconds(3_600))
        let store = try S3Store(settings, environment: bucket.environment)
        let fault = await #expect(throws: Fault.self) {
            try await store.keep(object("a"), until: SystemClock().now() + .seconds(60))
        }
        #expect(fault?.code == .storeHasNoLocks)
    }

    @Test func `a server that knows no locks is told so by nobody's object`() async throws {
        let server = try S3Servers.rclone.get()
        let bucket = try server.bucket()
        var settings = bucket.fresh()
        settings.lock = S3Lock(mode: .governance, period: .seconds(3_600))
        let store = try S3Store(settings, environment: bucket.environment)
        try await store.put(object("a"), [1, 2, 3])
        for _ in 0..<2 {
            let fault = await #expect(throws: Fault.self) {
                try await store.keep(object("a"), until: SystemClock().now() + .seconds(9_999))
            }
            #expect(fault?.code == .storeHasNoLocks)
        }
        #expect(try await store.get(object("a"), limit: 99) == [1, 2, 3])
    }

    @Test func `a lock that a bucket cannot have is refused in words`() async throws {
        let bucket = try S3Servers.moto.get().bucket()
        var settings = bucket.fresh()
        settings.lock = S3Lock(mode: .compliance, period: .seconds(3_600))
        let store = try S3Store(settings, environment: bucket.environment)
        let fault = await #expect(throws: Fault.self) { try await store.put(object("a"), [1]) }
        #expect(fault?.code == .storeHasNoLocks, "\(String(describing: fault))")
        #expect(try await store.status(object("a")) == nil)
    }

    @Test func `what is locked can be mended: the right bytes go in front of the wrong ones`()
        async throws
    {
        let server = try S3Servers.moto.get()
        let bucket = try server.bucket("locked")
        var settings = bucket.fresh()
        settings.lock = S3Lock(mode: .compliance, period: .seconds(3_600))
        let store = try S3Store(settings, environment: bucket.environment)
        try await store.put(object("a"), [1, 2])
        try PlainRequest.send(
            "PUT",
            "/locked/\(settings.prefix)/a",
            Array("evil".utf8),
            port: server.port
        )
        try await store.supersede(object("a"), with: [1, 2])
        #expect(try await store.get(object("a"), limit: 9) == [1, 2])
        #expect(try await store.versions(of: object("a")).map(\.bytes) == [2, 4, 2])
        #expect(try await store.status(object("a"))?.lockedUntil != nil)
        let fault = await #expect(throws: Fault.self) { try await store.remove(object("a")) }
        #expect(fault?.code == .objectLocked)
    }

    @Test func `uploads in parts that nobody finished are given up when they are old`()
        async throws
    {
        let server = try S3Servers.moto.get()
        let bucket = try server.bucket()
        let proxy = FaultyProxy(upstream: server.port)
        var settings = bucket.fresh()
        settings.endpoint = "http://127.0.0.1:\(proxy.port)"
        let store = try S3Store(settings, environment: bucket.environment)
        // Somebody else's in the same bucket is left alone.
        for key in ["\(settings.prefix)/a", "\(settings.prefix)/b/c", "x-\(settings.prefix)/a"] {
            try PlainRequest.send("POST", "/lifeboat/\(key)?uploads", port: server.port)
        }
        // moto says of every upload that it was begun in 2010.
        let now = SystemClock().now().rfc3339(digits: 3)
        proxy.follow([.init("GET", "uploads", .replace("2010-11-10T20:48:33.000Z", with: now))])
        #expect(try await store.removeLeftovers(olderThan: .seconds(3_600)) == 0)
        #expect(try await store.removeLeftovers(olderThan: .seconds(3_600)) == 2)
        #expect(try await store.removeLeftovers(olderThan: .seconds(3_600)) == 0)
        let plain = try S3Servers.rclone.get().bucket().store()
        #expect(try await plain.removeLeftovers(olderThan: .zero) == 0)
    }

    @Test func `packs may lie in cold storage, heads do not, and thawing brings them back`()
        async throws
    {
        let bucket = try S3Servers.moto.get().bucket()
        var settings = bucket.fresh()
        settings.storageClass = "DEEP_ARCHIVE"
        let store = try S3Store(settings, environment: bucket.environment)
        try await store.put(object("packs/ab/x"), [1, 2])
        try await store.put(object("snapshots/s/1"), [3])
        #expect(try await store.status(object("packs/ab/x"))?.storageClass == "DEEP_ARCHIVE")
        #expect(try await store.status(object("snapshots/s/1"))?.storageClass == nil)
        var classes: [String?] = []
        try await store.list("") { (info) throws(Fault) in classes.append(info.storageClass) }
        #expect(classes == ["DEEP_ARCHIVE", nil])
        let fault = await #expect(throws: Fault.self) {
            try await store.get(object("packs/ab/x"), limit: 9)
        }
        #expect(fault?.code == .objectArchived)
        #expect(fault?.message.contains("DEEP_ARCHIVE") == true)
        #expect(
            try await store.thaw(object("snapshots/s/1"), days: 1, isUrgent: false) == .notNeeded
        )
        let first = try await store.thaw(object("packs/ab/x"), days: 2, isUrgent: true)
        #expect(first == .underWay)
        let second = try await store.thaw(object("packs/ab/x"), days: 2, isUrgent: true)
        guard case .ready(let end) = second else {
            Issue.record("it is \(second)")
            return
        }
        #expect(end != nil)
        #expect(try await store.get(object("packs/ab/x"), limit: 9) == [1, 2])
    }
}
