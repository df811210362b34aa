import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

@Suite struct S3SettingsTests {
    @Test func `a URL is read`() throws {
        let settings = try S3Settings(url: "s3://cc-backup/prod/a/")
        #expect(settings.bucket == "cc-backup")
        #expect(settings.prefix == "prod/a")
        #expect(settings.url == "s3://cc-backup/prod/a")
        #expect(try S3Settings(url: "s3://cc.backup").prefix.isEmpty)
        for bad in [
            "cc", "s3:/cc", "s3://", "s3://ab", "s3://CC-x", "s3://a..b", "s3://abc//x",
            "s3://abc/../x",
            "s3://abc/.x", "s3://abc/a b", "https://abc/x",
        ] {
            let fault = #expect(throws: Fault.self, "\(bad)") { try S3Settings(url: bad) }
            #expect(fault?.code == .invalidValue)
        }
    }

    private func endpoint(
        _ change: (inout S3Settings) -> Void = { _ in },
        _ environment: [String: String] = [:],
        _ profile: [String: String] = [:]
    ) throws -> S3Endpoint {
        var settings = try S3Settings(bucket: "bucket")
        change(&settings)
        return try S3Endpoint(settings, environment: environment, profile: profile)
    }

    @Test func `without anything it is AWS, with the bucket in the host's name`() throws {
        let plain = try endpoint()
        #expect(plain.origin == "https://bucket.s3.us-east-1.amazonaws.com")
        #expect(plain.path(nil) == "/")
        #expect(plain.path("a/b") == "/a/b")
        let dotted = try endpoint({ $0.bucket = "a.b" }, ["AWS_DEFAULT_REGION": "eu-west-1"])
        #expect(dotted.origin == "https://s3.eu-west-1.amazonaws.com")
        #expect(dotted.path("k") == "/a.b/k")
        #expect(try endpoint({ $0.region = "cn-north-1" }).host == "s3.cn-north-1.amazonaws.com.cn")
    }

    @Test func `an address of one's own has the bucket in the path, unless told otherwise`() throws
    {
        let own = try endpoint({ $0.endpoint = "http://minio:9000" })
        #expect(own.origin == "http://minio:9000")
        #expect(own.path(nil) == "/bucket")
        #expect(own.region == "us-east-1")
        let named = try endpoint({
            $0.endpoint = "https://s3.eu-central-003.backblazeb2.com:443/"
            $0.pathStyle = false
        })
        #expect(named.origin == "https://bucket.s3.eu-central-003.backblazeb2.com")
        #expect(named.region == "eu-central-003")
        #expect(
            try endpoint({ $0.endpoint = "https://h/storage/v1/s3" }).path("k")
                == "/storage/v1/s3/bucket/k"
        )
        for bad in [
            "minio:9000", "ftp://x", "https://", "https://h:0", "https://h:x", "https://u@h",
            "https://h/?a",
        ] {
            #expect(throws: Fault.self, "\(bad)") { try endpoint({ $0.endpoint = bad }) }
        }
    }

    @Test func `settings go before the environment, and that before the profile`() throws {
        let variables = [
            "AWS_ENDPOINT_URL_S3": "https://s3", "AWS_ENDPOINT_URL": "https://all",
            "AWS_REGION": "r1",
            "AWS_DEFAULT_REGION": "r2",
        ]
        let profile = ["endpoint_url": "https://profile", "region": "r3"]
        #expect(try endpoint({ $0.endpoint = "https://own" }, variables, profile).host == "own")
        #expect(try endpoint({ _ in }, variables, profile).host == "s3")
        #expect(try endpoint({ _ in }, variables, profile).region == "r1")
        #expect(try endpoint({ _ in }, ["AWS_ENDPOINT_URL": "https://all"], profile).host == "all")
        #expect(try endpoint({ _ in }, [:], profile).host == "profile")
        #expect(try endpoint({ _ in }, [:], profile).region == "r3")
        #expect(try endpoint({ $0.region = "r0" }, variables, profile).region == "r0")
    }
}

@Suite struct CredentialTests {
    private static func write(_ text: String, _ name: String, in folder: ScratchFolder) throws
        -> String
    {
        let path = folder.path.appending(name)
        try SecretFile.create(path, Array(text.utf8))
        return path.string
    }

    private static func find(
        _ environment: [String: String],
        _ source: S3CredentialSource = .chain(profile: nil)
    ) throws -> S3Credentials? {
        switch try CredentialChain(source: source, environment: environment).find() {
        case .credentials(let found): found
        case .container: nil
        }
    }

    @Test func `the environment goes before files, and a named profile before both`() throws {
        let folder = try ScratchFolder()
        let file = try Self.write(
            """
            # a comment
            [default]
            aws_access_key_id = file
            aws_secret_access_key=s1
            [other]
            aws_access_key_id=other
            aws_secret_access_key = a=b#c
            aws_session_token = t
            s3 =
              addressing_style = path
            """,
            "credentials",
            in: folder
        )
        let both = [
            "AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "s0", "AWS_SESSION_TOKEN": "t0",
            "AWS_SHARED_CREDENTIALS_FILE": file,
        ]
        #expect(
            try Self.find(both)
                == S3Credentials(accessKey: "env", secretKey: "s0", sessionToken: "t0")
        )
        let files = ["AWS_SHARED_CREDENTIALS_FILE": file]
        #expect(try Self.find(files) == S3Credentials(accessKey: "file", secretKey: "s1"))
        let other = S3Credentials(accessKey: "other", secretKey: "a=b#c", sessionToken: "t")
        #expect(try Self.find(files.merging(["AWS_PROFILE": "other"]) { $1 }) == other)
        #expect(try Self.find(both, .chain(profile: "other")) == other)
        #expect(try Self.find(both, .file(FilePath(file), profile: "other")) == other)
    }

    @Test func `the configuration file counts, and the home folder is looked into`() throws {
        let folder = try ScratchFolder()
        try FileSystem.makeDirectories(folder.path.appending(".aws"), mode: 0o700)
        _ = try Self.write(
            "[profile p]\nregion = r\naws_access_key_id = c\naws_secret_access_key = s\n",
            ".aws/config",
            in: folder
        )
        let environment = ["HOME": folder.path.string, "AWS_PROFILE": "p"]
        #expect(try Self.find(environment)?.accessKey == "c")
        let chain = CredentialChain(source: .chain(profile: nil), environment: environment)
        #expect(try chain.profile()["region"] == "r")
    }

    @Test func `variables may name files`() throws {
        let folder = try ScratchFolder()
        let variables = [
            "AWS_ACCESS_KEY_ID_FILE": try Self.write("id\n", "id", in: folder),
            "AWS_SECRET_ACCESS_KEY_FILE": try Self.write("key\n", "key", in: folder),
        ]
        #expect(try Self.find(variables) == S3Credentials(accessKey: "id", secretKey: "key"))
    }

    @Test func `nothing found is said with what to do, and no file that others can read is taken`()
        throws
    {
        let folder = try ScratchFolder()
        let empty = ["HOME": folder.path.string]
        for source in [S3CredentialSource.chain(profile: nil), .chain(profile: "p")] {
            let fault = #expect(throws: Fault.self) { try Self.find(empty, source) }
            #expect(fault?.code == .storeCredentials)
            #expect(fault?.hints.isEmpty == false)
        }
        let file = try Self.write("[default]\naws_access_key_id=a\n", "half", in: folder)
        let half = #expect(throws: Fault.self) {
            try Self.find([:], .file(FilePath(file), profile: "default"))
        }
        #expect(half?.code == .storeCredentials)
        let open = folder.path.appending("open")
        try DurableFile.create(open, with: Array("[default]\n".utf8), mode: 0o644)
        let exposed = #expect(throws: Fault.self) {
            try Self.find([:], .file(open, profile: "default"))
        }
        #expect(exposed?.code == .secretExposed)
    }

    @Test func `a container's server is asked only where nobody listens in`() throws {
        func container(_ url: String) throws -> Bool {
            let chain = CredentialChain(
                source: .chain(profile: nil),
                environment: ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
            )
            guard case .container(let found) = try chain.find() else { return false }
            return found.url == url
        }
        #expect(try container("http://127.0.0.1:1/x"))
        #expect(try container("https://example.org/x"))
        #expect(throws: Fault.self) { try container("http://example.org/x") }
        #expect(throws: Fault.self) { try container("http://127.0.0.1.example.org/x") }
    }
}
