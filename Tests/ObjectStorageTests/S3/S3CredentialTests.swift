import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Credentials against servers that check them.
@Suite(.serialized, .networkThreads) struct S3CredentialTests {
    @Test func `wrong keys are said, and a file that was mended meanwhile is read again`()
        async throws
    {
        let bucket = try S3Servers.rclone.get().bucket()
        let folder = try ScratchFolder()
        let path = folder.path.appending("credentials")
        func write(_ secret: String) throws {
            try FileSystem.removeTree(path)
            let text = "[default]\naws_access_key_id=test-access\naws_secret_access_key=\(secret)\n"
            try SecretFile.create(path, Array(text.utf8))
        }
        var settings = bucket.fresh()
        settings.credentials = .file(path, profile: "default")
        try write("wrong-wrong-wrong")
        let store = try S3Store(settings, environment: [:])
        let fault = await #expect(throws: Fault.self) { try await store.status(object("a")) }
        #expect(fault?.code == .storeCredentials)
        #expect(fault?.code.exit == .copyUnreachable)
        #expect(fault.map { "\($0)".contains("wrong-wrong") } == false)
        try write("test-secret")
        try await store.put(object("a"), [1])
        #expect(try await store.get(object("a"), limit: 1) == [1])
    }

    private static func document(_ key: String, _ expires: Instant) -> String {
        """
        {"AccessKeyId":"\(key)","SecretAccessKey":"test-secret",\
        "Token":"t","Expiration":"\(expires.rfc3339(digits: 0))"}
        """
    }

    @Test
    func `temporary credentials are fetched, kept, and replaced when they expire or are refused`()
        async throws
    {
        let server = try S3Servers.moto.get()
        let now = SystemClock().now()
        let source = FaultyProxy(
            upstream: 1,
            [
                .init(
                    "GET",
                    "/first",
                    .answer(200, body: Self.document("k1", now + .seconds(100)))
                ),
                .init(
                    "GET",
                    "/first",
                    .answer(200, body: Self.document("k2", now + .seconds(3_600)))
                ),
                .init(
                    "GET",
                    "/first",
                    .answer(200, body: Self.document("k3", now + .seconds(3_600)))
                ),
                .init("GET", "/first", .answer(500)),
            ]
        )
        let proxy = FaultyProxy(upstream: server.port)
        var settings = try server.bucket().fresh()
        settings.endpoint = "http://127.0.0.1:\(proxy.port)"
        let store = try S3Store(
            settings,
            environment: [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(source.port)/first"
            ]
        )
        #expect(try await store.status(object("a")) == nil)
        #expect(source.requests.count == 1)
        // Those end within two minutes, so they are replaced; the next ones stay.
        #expect(try await store.status(object("a")) == nil)
        #expect(try await store.status(object("a")) == nil)
        #expect(source.requests.count == 2)
        let expired = "<Error><Code>ExpiredToken</Code></Error>"
        proxy.follow([.init("GET", "/a", .answer(400, body: expired))])
        let missing = await #expect(throws: Fault.self) {
            try await store.get(object("a"), limit: 1)
        }
        #expect(missing?.code == .objectMissing)
        #expect(source.requests.count == 3)
        proxy.follow([.init("GET", "/a", .answer(400, body: expired))])
        let fault = await #expect(throws: Fault.self) { try await store.get(object("a"), limit: 1) }
        #expect(fault?.code == .storeCredentials)
        #expect(fault.map { "\($0)".contains("test-secret") } == false)
    }
}
