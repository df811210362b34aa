import Model
import StackConfiguration
import Testing

/// What `init --compose` makes of files that nobody should write.
@Suite struct ComposeOddityTests {
    @Test(arguments: [
        "services: {\"\": {image: x}}", "services: {\"a b\": {image: x}}",
        "services: {a/b: {image: x}}",
        "services: {a: {image: x}}\nvolumes: {../v: }",
    ])
    func `names that compose does not take are refused`(text: String) {
        let fault = #expect(throws: Fault.self) { try ComposeSamples.propose(text) }
        #expect(fault?.code == .composeFile)
    }

    @Test func `paths that no configuration holds are left out, and said`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              a: {image: a, env_file: "a\\tb", volumes: ["./x\\x01:/x", "odd:/o", "./ok:/ok"]}
              p: {image: "postgres:16", volumes: ["odd:/var/lib/postgresql/data"]}
              r: {image: redis, volumes: ["odd:/data"]}
            volumes: {odd: {name: ../up}}
            """
        )
        #expect(proposal.says("secret file /opt/cc/a\tb", "control character"))
        #expect(proposal.says("service a, /x", "control character"))
        #expect(proposal.says("service a, /o", "'..'"))
        #expect(proposal.postgres("p")?.dataDirectory == nil)
        #expect(proposal.says("service p", "no volume that is named"))
        #expect(proposal.redis("r") == nil)
        #expect(proposal.files("files")?.paths == ["/opt/cc/ok"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `files that include each other are not read for ever`() throws {
        let names = (1...6).map { "f\($0).yml" }
        let text = "include: [\(names.joined(separator: ", "))]\nservices: {a: {image: a}}"
        let files = Dictionary(uniqueKeysWithValues: names.map { ("/opt/cc/" + $0, text) })
        let proposal = try ComposeSamples.propose(text, files: files)
        #expect(proposal.services.map(\.name) == ["a"])
        #expect(proposal.says("compose file", "which it includes"))
    }

    @Test func `paths that look the same are two`() throws {
        let proposal = try ComposeSamples.propose(
            service: "image: a\nvolumes: [\"./e\u{301}:/a\", \"./\u{E9}:/b\"]"
        )
        #expect(proposal.files("files")?.paths.count == 2)
    }

    @Test func `a secret is left out of its folder, whatever its name is`() throws {
        let proposal = try ComposeSamples.propose(
            service: "image: a\nvolumes: [\"./d:/d\"]\nenv_file: \"./d/[\u{301}*\""
        )
        #expect(proposal.files("files")?.exclude == ["/\\[\u{301}\\*"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test(arguments: [
        ("[::1]:7000:6379", "::1", 7000), ("127.0.0.1:7000:6379", "127.0.0.1", 7000),
        ("x y:7000:6379", "127.0.0.1", 6379), ("0:6379", "127.0.0.1", 6379),
        ("70000:6379", "127.0.0.1", 6379), ("-1:6379", "127.0.0.1", 6379),
    ])
    func `a published port is one, at an address`(port: String, host: String, number: Int) throws {
        let proposal = try ComposeSamples.propose(
            service: "image: redis\nvolumes: [\"v:/data\"]\nports: [\"\(port)\"]"
        )
        #expect(proposal.redis("one")?.address == .tcp(host: host, port: number, tls: false))
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test(arguments: [
        ("a'b\\\\c d", #"'a\'b\\c d'"#), ("password=x", "postgres"), ("plain", "plain"),
    ])
    func `the database of a server is named as libpq reads it`(name: String, dsn: String) throws {
        let proposal = try ComposeSamples.propose(
            service: "image: postgres\nenvironment: {POSTGRES_DB: \"\(name)\"}"
        )
        let cluster = try #require(proposal.postgres("one"))
        #expect(cluster.dsn == "host=127.0.0.1 port=5432 dbname=\(dsn)")
        _ = try ComposeSamples.configuration(proposal)
    }
}
