import Model
import ObjectStorage
import SystemIO
import TestKit
import Testing

/// The policies of `Docs/operations.md`, enforced by a server.
@Suite(.serialized, .networkThreads) struct S3RoleTests {
    private static func denied(_ body: () async throws -> Void) async {
        let fault = await #expect(throws: Fault.self) { try await body() }
        #expect(fault?.code == .storeDenied, "\(String(describing: fault))")
    }

    @Test func `a host writes, lists and reads, and cannot delete; the others can what is theirs`()
        async throws
    {
        let server = try MotoServer(users: [
            "host": MotoServer.policy("host"), "maintainer": MotoServer.policy("maintainer"),
            "restorer": MotoServer.policy("restorer"),
        ])
        var settings = try server.bucket("versioned").settings
        settings.prefix = "prod"
        func store(_ user: String) throws -> S3Store {
            let bucket = try server.bucket("versioned", user: user)
            return try S3Store(settings, environment: bucket.environment)
        }
        let (host, maintainer, restorer) = try (
            store("host"), store("maintainer"), store("restorer")
        )
        for number in 1...3 { try await host.put(object("packs/\(number)"), [UInt8(number)]) }
        try await host.put(object("packs/1"), [1])
        #expect(try await host.get(object("packs/1"), limit: 1) == [1])
        await Self.denied { try await host.remove(object("packs/1")) }
        #expect(try await host.get(object("packs/1"), limit: 1) == [1])
        await Self.denied { try await restorer.put(object("packs/4"), [4]) }
        await Self.denied { try await restorer.remove(object("packs/1")) }
        #expect(try await restorer.get(object("packs/2"), limit: 1) == [2])
        #expect(try await restorer.versions(of: object("packs/2")).count == 1)
        try await maintainer.remove(object("packs/3"))
        var names: [ObjectName] = []
        try await restorer.list("") { (info) throws(Fault) in names.append(info.name) }
        #expect(names == [object("packs/1"), object("packs/2")])
    }

    @Test func `a host locks for longer, and only a maintainer takes back what was deleted`()
        async throws
    {
        let server = try MotoServer(users: [
            "host": MotoServer.policy("host", bucket: "locked"),
            "maintainer": MotoServer.policy("maintainer", bucket: "locked"),
            "thief": """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*"],
              "Resource": ["arn:aws:s3:::locked", "arn:aws:s3:::locked/*"]}]}
            """,
        ])
        var settings = try server.bucket("locked").settings
        settings.prefix = "prod"
        func store(_ user: String, _ lock: S3Lock?) throws -> S3Store {
            settings.lock = lock
            let bucket = try server.bucket("locked", user: user)
            return try S3Store(settings, environment: bucket.environment)
        }
        let lock = S3Lock(mode: .compliance, period: .seconds(3_600))
        let (bare, host) = try (store("host", nil), store("host", lock))
        let maintainer = try store("maintainer", lock)
        try await bare.put(object("packs/1"), [1])
        try await host.put(object("packs/2"), [2])
        let end = SystemClock().now() + .seconds(86_400)
        for name in [object("packs/1"), object("packs/2")] {
            try await host.keep(name, until: end)
            #expect(try await host.status(name)?.lockedUntil?.seconds ?? 0 >= end.seconds)
            // Whatever the credentials: it is hidden, and still there.
            let thief = try store("thief", nil)
            let kept = await #expect(throws: Fault.self) { try await thief.remove(name) }
            #expect(kept?.code == .objectLocked)
            try await server.hide([name], in: settings, as: "thief")
            #expect(try await host.status(name) == nil)
            await Self.denied { _ = try await host.undelete(name) }
            #expect(try await maintainer.undelete(name))
            #expect(try await host.get(name, limit: 1).count == 1)
        }
        #expect(try await maintainer.removeLeftovers(olderThan: .zero) == 0)
    }

    @Test func `who may write and list and not read finds out whether a lost reply was a success`()
        async throws
    {
        let policy = """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::lifeboat"},
              {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::lifeboat/*"}]}
            """
        let server = try MotoServer(users: ["writer": policy])
        let bucket = try server.bucket(user: "writer")
        let proxy = FaultyProxy(upstream: server.port, [.init("PUT", "/a", .loseReply)])
        var settings = bucket.fresh()
        settings.endpoint = "http://127.0.0.1:\(proxy.port)"
        let store = try S3Store(settings, environment: bucket.environment)
        try await store.put(object("a"), [1, 2, 3])
        #expect(proxy.requests.contains { $0.contains("list-type=2") })
        await Self.denied { _ = try await store.get(object("a"), limit: 9) }
        let other = await #expect(throws: Fault.self) { try await store.put(object("a"), [1]) }
        #expect(other?.code == .objectExists)
    }

    @Test func `a stranger is nobody`() async throws {
        let server = try MotoServer(users: ["host": MotoServer.policy("host")])
        var bucket = try server.bucket("versioned", user: "host")
        bucket.environment["AWS_SECRET_ACCESS_KEY"] = "not-the-one"
        let store = try bucket.store()
        let fault = await #expect(throws: Fault.self) { try await store.put(object("a"), [1]) }
        #expect(fault?.code == .storeCredentials)
    }
}
