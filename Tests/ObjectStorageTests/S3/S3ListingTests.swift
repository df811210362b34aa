import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Listings of more than one page, through a proxy that spoils one of them.
@Suite(.serialized, .networkThreads) struct S3ListingTests {
    private static let count = 2_500

    /// 2,500 objects that were put where the server has its files.
    private static func filled(_ server: RcloneServer) throws -> (S3Bucket, S3Settings) {
        let bucket = try server.bucket()
        let settings = bucket.fresh()
        let folder = server.root.appending("lifeboat").appending(settings.prefix).appending("packs")
        try FileSystem.makeDirectories(folder, mode: 0o700)
        let directory = try Directory.open(folder)
        for number in 0..<count {
            let name = try #require(FileName("o\(10_000 + number)"))
            try directory.openFile(name, .write, create: .exclusive(0o600)).close()
        }
        for odd in [".probe", "a b", "\u{e4}"] {
            try directory.openFile(try #require(FileName(odd)), .write, create: .exclusive(0o600))
                .close()
        }
        return (bucket, settings)
    }

    private static func store(
        _ settings: S3Settings,
        _ bucket: S3Bucket,
        _ proxy: FaultyProxy
    ) throws -> S3Store {
        var settings = settings
        settings.endpoint = "http://127.0.0.1:\(proxy.port)"
        settings.patience.attempts = 2
        var surroundings = S3Surroundings()
        surroundings.timepiece = Timepiece(JumpingClock())
        return try S3Store(settings, environment: bucket.environment, surroundings)
    }

    @Test
    func `all pages come in order, one request for a thousand, and no error looks like the end`()
        async throws
    {
        // A server of its own, which has looked at nothing before.
        let server = try RcloneServer()
        let (bucket, settings) = try Self.filled(server)
        let proxy = FaultyProxy(upstream: server.port)
        let store = try Self.store(settings, bucket, proxy)
        func listed(_ rules: [FaultyProxy.Rule]) async throws -> [ObjectName] {
            proxy.follow(rules)
            var names: [ObjectName] = []
            do throws(Fault) {
                try await store.list("packs/") { (info) throws(Fault) in names.append(info.name) }
            } catch {
                #expect(error.code == .storeUnreachable || error.code == .storeDenied)
                #expect(names.count == 998 || names.count == 1_998, "\(error)")
                throw error
            }
            return names
        }
        let all = try await listed([])
        #expect(all.count == Self.count)
        #expect(all == all.sorted())
        #expect(proxy.requests.count == 3)
        var odd: [String] = []
        try await store.listOddities { odd.append($0.place) }
        #expect(odd == ["packs/.probe", "packs/a%20b", "packs/%C3%A4"])
        let page = "continuation-token"
        #expect(try await listed([.init("GET", page, .cutReply(after: 5_000))]) == all)
        for misbehaviour: FaultyProxy.Misbehaviour in [
            .answer(500), .answer(403, body: "<Error><Code>AccessDenied</Code></Error>"),
            .answer(200), .answer(200, body: "<html></html>"),
            .answer(200, body: "<ListBucketResult></ListBucketResult>"),
            .shortenReply(to: 5_000), .shortenReply(to: 0), .replace("o11", with: "o10"),
            .replace("<IsTruncated>true", with: "<IsTruncated>maybe"),
            .replace("<NextContinuationToken>", with: "<X>"), .replace("packs", with: "pocks"),
            .answer(200, body: "<Error><Code>InternalError</Code></Error>"),
        ] {
            await #expect(throws: Fault.self, "\(misbehaviour)") {
                _ = try await listed([.init("GET", page, times: 3, misbehaviour)])
            }
        }
        // A page that leads back to itself.
        await #expect(throws: Fault.self) {
            _ = try await listed([
                .init(
                    "GET",
                    page,
                    skip: 1,
                    times: 99,
                    .replace("<IsTruncated>false", with: "<IsTruncated>true")
                )
            ])
        }
    }
}
