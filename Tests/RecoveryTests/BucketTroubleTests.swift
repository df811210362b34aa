import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What goes wrong between the executable and a bucket: each time an id, a hint and the right exit code.
@Suite(.ownThreads) struct BucketTroubleTests {
    private func initialised(_ bucket: Bucket) async throws -> Playground {
        let playground = try Playground()
        let ending = try await playground.run(
            [
                "init", "web", "--copy", bucket.url, "--files", "source", "--state", "state",
                "--host", "h1", "--kit", "kit.txt",
            ],
            variables: bucket.variables
        )
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
        return playground
    }

    @Test func `credentials come from the environment, from files it names, and from profiles`()
        async throws
    {
        let bucket = try Bucket(.rclone)
        let playground = try await initialised(bucket)
        try playground.write("id", "test-access\n")
        try playground.write("secret", "test-secret\n")
        let keys = "aws_access_key_id=test-access\naws_secret_access_key=test-secret\n"
        try playground.write("aws", "[other]\n\(keys)")
        let path = playground.path.string
        let ways: [[String: String]] = [
            bucket.variables,
            [
                "AWS_ACCESS_KEY_ID_FILE": "\(path)/id",
                "AWS_SECRET_ACCESS_KEY_FILE": "\(path)/secret",
            ],
            ["AWS_PROFILE": "other", "AWS_SHARED_CREDENTIALS_FILE": "\(path)/aws"],
        ]
        for variables in ways {
            let backup = try await playground.run(["backup"], variables: variables)
            #expect(backup.code == 0, "\(variables.keys.sorted()): \(backup.text)")
        }
        let none = try await playground.run(["backup"], variables: ["HOME": path])
        #expect(none.code == 13 && none.errors.contains("id: E-STORE-CREDENTIALS"), "\(none.text)")
        #expect(none.errors.contains("credentials: {file:"))
        try playground.write("own", "[default]\n\(keys)")
        for reference in ["{file: \(path)/own}", "{exec: [cat, \(path)/own]}"] {
            let text = try playground.read("lifeboat.yaml")
            try playground.edit("name: s3,", "name: s3, credentials: \(reference),")
            let backup = try await playground.run(["backup"])
            #expect(backup.code == 0, "\(reference): \(backup.text)")
            try playground.write("lifeboat.yaml", text)
        }
        // A secret that is a key alone, rather than what AWS' own file holds.
        try playground.write("bare", "test-secret\n")
        try playground.edit("name: s3,", "name: s3, credentials: {file: \(path)/bare},")
        let bare = try await playground.run(["backup"])
        #expect(bare.code == 13 && bare.errors.contains("id: E-STORE-CREDENTIALS"), "\(bare.text)")
        #expect(bare.errors.contains("[default]") && !bare.text.contains("test-secret"))
    }

    /// Runs something that must end with a code, an id and a hint, and tells no secret.
    private func trouble(
        _ playground: Playground,
        _ words: [String],
        _ variables: [String: String],
        _ code: Int32,
        _ id: String,
        _ hint: String
    ) async throws {
        let ending = try await playground.run(words, variables: variables)
        #expect(ending.code == code, "\(ending.text)")
        #expect(ending.errors.contains("id: \(id)"), "\(ending.text)")
        #expect(ending.errors.contains(hint), "\(ending.text)")
        #expect(!ending.text.contains("wrong-secret") && !ending.text.contains("test-secret"))
    }

    @Test func `a wrong key, a bucket that is not there, an address where nobody is`() async throws
    {
        let bucket = try Bucket(.rclone)
        let playground = try await initialised(bucket)
        let wrong = bucket.variables.merging(["AWS_SECRET_ACCESS_KEY": "wrong-secret"]) { $1 }
        let keys = "credentials:"
        try await trouble(playground, ["backup"], wrong, 13, "E-STORE-CREDENTIALS", keys)
        let text = try playground.read("lifeboat.yaml")
        try playground.edit("s3://lifeboat/", "s3://lifeboats/")
        for words in [["backup"], ["ls"], ["check"], ["status"]] {
            let hint = "provider's tools"
            try await trouble(playground, words, bucket.variables, 10, "E-STORE-NOROOT", hint)
        }
        let endpoint = try #require(bucket.settings.endpoint)
        try playground.write(
            "lifeboat.yaml",
            text.replacing(endpoint, with: "http://127.0.0.1:1")
        )
        for words in [["backup"], ["restore", "--to", "out"]] {
            try await trouble(playground, words, bucket.variables, 13, "E-STORE-IO", "endpoint:")
        }
    }

    @Test func `a bucket in another region is said to be there`() async throws {
        let bucket = try Bucket(.rclone)
        let playground = try await initialised(bucket)
        let body =
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-9</Region></Error>"
        let proxy = FaultyProxy(
            upstream: 1,
            [
                .init("HEAD", times: 9, .answer(400)),
                .init("GET", times: 9, .answer(400, body: body)),
            ]
        )
        let endpoint = try #require(bucket.settings.endpoint)
        try playground.edit(endpoint, "http://127.0.0.1:\(proxy.port)")
        let hint = "region:` to that of the bucket: 'eu-west-9'"
        try await trouble(playground, ["backup"], bucket.variables, 13, "E-STORE-REGION", hint)
    }

    @Test func `a server with a certificate of its own is refused until it is named`() async throws
    {
        let certificate = try await TestCertificate()
        let server = try RcloneServer(tls: certificate)
        let bucket = try server.bucket()
        let endpoint = try #require(bucket.settings.endpoint)
        let playground = try Playground()
        let words = [
            "init", "web", "--copy", "s3://lifeboat/tls", "--files", "source", "--state", "state",
            "--host", "h1", "--kit", "kit.txt",
        ]
        var variables = bucket.environment.merging(["AWS_ENDPOINT_URL": endpoint]) { $1 }
        let stranger = try await playground.run(words, variables: variables)
        #expect(stranger.code == 13 && stranger.errors.contains("id: E-STORE-IO"))
        #expect(stranger.errors.contains("`ca:`"), "\(stranger.text)")
        // Nothing is left of it that stands in the way.
        variables["AWS_CA_BUNDLE"] = certificate.certificate.string
        let known = try await playground.run(words, variables: variables)
        #expect(known.code == 0, "\(known.text)")
        try playground.edit("name: s3,", "name: s3, ca: \(certificate.certificate.string),")
        let backup = try await playground.run(["backup"], variables: bucket.environment)
        #expect(backup.code == 0, "\(backup.text)")
    }

    @Test func `an interrupted upload's leftovers go, in a folder with a limit too`()
        async throws
    {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.edit("- {name: local,", "- {limit: 100MiB/s, name: local,")
        let leftover = playground.vault.appending("packs").appending(".tmp-0123")
        try DurableFile.create(leftover, with: [1, 2, 3], mode: 0o600)
        let age = Command("touch", arguments: ["-d", "3 days ago", leftover.string])
        _ = try await age.runSuccessfully(outputLimit: 1 << 10)
        let prune = try await playground.run(["prune", "--yes"])
        #expect(prune.code == 0, "\(prune.text)")
        #expect(try FileSystem.status(leftover) == nil)
        #expect(prune.output.contains("what 1 interrupted uploads left"), "\(prune.text)")
    }
}
