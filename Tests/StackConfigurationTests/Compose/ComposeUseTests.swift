import Model
import StackConfiguration
import Testing

/// What paths, servers and secrets of a compose file are taken for.
@Suite struct ComposeUseTests {
    @Test(arguments: [
        "./nginx.conf:/etc/nginx/nginx.conf", "./conf.d:/etc/nginx/conf.d:ro,z",
        "./init:/docker-entrypoint-initdb.d", "./app.json:/app/settings.json:ro",
        "./grafana:/etc/grafana/provisioning:ro", "./x:/usr/local/etc/x:ro", "./Caddyfile:/c:ro",
    ])
    func `configuration has a history`(mount: String) throws {
        let proposal = try ComposeSamples.propose(service: "image: x\nvolumes: [\"\(mount)\"]")
        let name = mount.dropFirst().prefix { $0 != ":" }
        #expect(proposal.history("config")?.include.contains(String(name)) == true)
        #expect(proposal.components.map(\.name) == ["config"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test(arguments: [
        "./models:/models:ro", "./knowledge_base:/app/knowledge_base:ro", "./state.json:/s.json",
        "./asterisk:/etc/asterisk", "./load.py:/load.py:ro", "./keyboard:/keyboard",
    ])
    func `anything else is files`(mount: String) throws {
        let proposal = try ComposeSamples.propose(service: "image: x\nvolumes: [\"\(mount)\"]")
        let name = mount.dropFirst().prefix { $0 != ":" }
        #expect(proposal.files("files")?.paths == ["/opt/cc\(name)"])
        #expect(proposal.history("config")?.exclude == [String(name)])
    }

    @Test(arguments: [
        "./certs:/etc/nginx/certs:ro", "./le:/etc/letsencrypt", "./acme.json:/acme.json",
        "./nginx/.htpasswd:/etc/nginx/.htpasswd:ro", "./s.pem:/s.pem:ro", "./x:/etc/ssl/private",
        "./gcp-credentials.json:/gcp.json:ro", "./tls:/a",
    ])
    func `keys are secrets`(mount: String) throws {
        let proposal = try ComposeSamples.propose(service: "image: x\nvolumes: [\"\(mount)\"]")
        let name = mount.dropFirst().prefix { $0 != ":" }
        #expect(proposal.secrets == ["/opt/cc\(name)"])
        #expect(proposal.history("config")?.exclude == [String(name)])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `configuration that lies elsewhere is kept as files`() throws {
        let proposal = try ComposeSamples.propose(
            service: """
                image: x
                configs: [c]
                volumes: ["/etc/x/x.conf:/x.conf:ro", "/etc/letsencrypt:/l:ro"]
                """,
            more: "configs: {c: {file: /srv/c.conf}}"
        )
        #expect(proposal.files("host-config")?.paths == ["/etc/x/x.conf", "/srv/c.conf"])
        #expect(proposal.secrets == ["/etc/letsencrypt"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `a folder that a service has as a whole has a history all the same`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              app: {build: ., volumes: [".:/app"]}
              db: {image: postgres:16, volumes: ["./db:/var/lib/postgresql/data"]}
            """,
            files: ["/opt/cc/.env.local": "A=b"]
        )
        #expect(proposal.files("files")?.paths == ["/opt/cc"])
        #expect(proposal.files("files")?.exclude == ["/.env.local", "/db"])
        #expect(proposal.history("config")?.exclude == ["/.env.local", "/db"])
        #expect(proposal.history("config")?.include.first == "/docker-compose.yml")
        #expect(!proposal.unprotected.contains { $0.subject == "folder /opt/cc" })
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test(arguments: [
        ("/var/lib/postgresql/data", "PostgreSQL"), ("/var/lib/mysql", "MySQL"),
        ("/data/db", "MongoDB"), ("/qdrant/storage", "Qdrant"),
    ])
    func `a server of an image of one's own is known by where its data is`(
        target: String,
        kind: String
    ) throws {
        let proposal = try ComposeSamples.propose(
            service: "build: ./db\nvolumes: [\"d:\(target)\"]"
        )
        #expect(proposal.files("files") == nil)
        if kind == "PostgreSQL" {
            let directory = proposal.postgres("one")?.dataDirectory
            #expect(directory == "/var/lib/docker/volumes/cc_d/_data")
        } else {
            #expect(proposal.says("service one", "no component for \(kind)"))
        }
        let redis = try ComposeSamples.propose(
            service: "build: .\ncommand: redis-server --appendonly yes\nvolumes: [\"r:/data\"]"
        )
        #expect(redis.redis("one") != nil)
    }

    @Test func `who copies the files of a server is no server, and they are no files`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              saver: {image: saver, volumes: ["db:/var/lib/postgresql/data", "q:/q:ro", "./o:/o"]}
              db: {image: postgres:16, volumes: ["db:/var/lib/postgresql/data", "./wal:/wal"]}
              q: {image: "qdrant/qdrant", volumes: ["q:/qdrant/storage", "./q.yaml:/q.yaml"]}
              c: {image: "chromadb/chroma", volumes: ["c:/data"]}
            """
        )
        let names = ["db", "files", "config"]
        #expect(proposal.components.map(\.name) == names)
        #expect(proposal.files("files")?.paths == ["/opt/cc/o"])
        #expect(proposal.says("path /opt/cc/wal", "not where its data is"))
        #expect(proposal.says("service c", "Chroma"))
        #expect(proposal.history("config")?.include.contains("/q.yaml") == true)
    }

    @Test func `a volume of the network holds no data directory that could be named`() throws {
        let proposal = try ComposeSamples.propose(
            service: "image: postgres:16\nvolumes: [\"d:/var/lib/postgresql/data\"]",
            more: "volumes: {d: {driver: rexray}}"
        )
        #expect(proposal.postgres("one")?.dataDirectory == nil)
        #expect(proposal.says("volume d", "driver rexray"))
    }

    @Test func `what a server is told by an env_file counts`() throws {
        let proposal = try ComposeSamples.propose(
            service: """
                image: postgres:16
                env_file: [db.env, {path: missing.env, required: false}]
                """,
            more: "",
            files: ["/opt/cc/db.env": "POSTGRES_USER=cc\nPOSTGRES_DB=calls\nPOSTGRES_PASSWORD=p"]
        )
        let cluster = try #require(proposal.postgres("one"))
        #expect(cluster.dsn.hasSuffix("dbname=calls"))
        #expect(cluster.user == "cc")
        #expect(cluster.password == .environment("POSTGRES_PASSWORD"))
        #expect(proposal.secrets == ["/opt/cc/db.env"])
    }

    @Test(arguments: [
        (
            "redis-server --requirepass hunter2",
            SecretReference.file("/etc/lifeboat/cc-one.password")
        ),
        ("sh -c 'redis-server --requirepass $$PW'", .environment("REDIS_PW")),
        ("sh -c 'redis-server --requirepass \"$$(cat /run/secrets/pw)\"'", .file("/opt/cc/pw.txt")),
        ("[redis-server, --requirepass, \"${REDIS_PW:?set it}\"]", .environment("REDIS_PW")),
        ("redis-server --appendonly yes", nil),
    ])
    func `the password of a Redis is a reference`(command: String, wanted: SecretReference?) throws
    {
        let proposal = try ComposeSamples.propose(
            service: """
                image: redis:7
                command: \(command)
                environment: {PW: "${REDIS_PW}"}
                env_file: .env
                secrets: [{source: long_name, target: pw}]
                volumes: ["r:/data"]
                """,
            more: "secrets: {long_name: {file: ./pw.txt}}",
            files: ["/opt/cc/.env": "REDIS_PASSWORD=x\nREDIS_PW=y"]
        )
        #expect(proposal.redis("one")?.password == wanted)
        #expect(!"\(proposal.advice)".contains("hunter2"))
    }

    @Test func `secrets that have no file are named`() throws {
        let proposal = try ComposeSamples.propose(
            service: "image: x\nvolumes: [\"./missing:/m\"]",
            more: "secrets: {a: {environment: TOKEN}, b: {external: true}, c: {file: ./c}}"
        )
        #expect(proposal.says("secret a", "the variable TOKEN"))
        #expect(proposal.says("secret b", "outside of the compose file"))
        #expect(proposal.secrets == ["/opt/cc/c"])
        #expect(proposal.says("path /opt/cc/missing", "nothing is there yet"))
    }

    @Test(arguments: [
        (".env", true), (".env.local", true), (".env.production", true), (".env.example", false),
        (".env.local.sample", false), ("env", false), (".envrc", false), ("x.env", false),
    ])
    func `files of values are told from forms`(name: String, holds: Bool) {
        #expect(EnvironmentFile.holdsValues(name) == holds)
    }
}
