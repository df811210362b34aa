import FoundationEssentials
import Model
import ObjectStorage
import TestKit
import Testing

/// The policies of `Docs/operations.md`, enforced by a server.
@Suite struct S3RoleTests {
    /// The policy of a role, for a bucket.
    private static func policy(_ role: String) throws -> String {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Docs/operations.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.firstRange(of: "```json \(role)\n"))
        let rest = text[start.upperBound...]
        let end = try #require(rest.firstRange(of: "\n```"))
        return String(rest[..<end.lowerBound]).replacing("BUCKET", with: "versioned")
    }

    private static func denied(_ body: () async throws -> Void) async {
        let fault = await #expect(throws: Fault.self) { try await body() }
        #expect(fault?.code == .storeDenied, "\(String(describing: fault))")
    }

    @Test func `a host writes, lists and reads, and cannot delete; the others can what is theirs`()
        async throws
    {
        let server = try MotoServer(users: [
            "host": Self.policy("host"), "maintainer": Self.policy("maintainer"),
            "restorer": Self.policy("restorer"),
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
        let server = try MotoServer(users: ["host": Self.policy("host")])
        var bucket = try server.bucket("versioned", user: "host")
        bucket.environment["AWS_SECRET_ACCESS_KEY"] = "not-the-one"
        let store = try bucket.store()
        let fault = await #expect(throws: Fault.self) { try await store.put(object("a"), [1]) }
        #expect(fault?.code == .storeCredentials)
    }
}
