import Model
import StackConfiguration
import Testing

/// What `init --compose` proposes.
@Suite struct ComposeProposalTests {
    @Test func `the call center is protected as a whole`() throws {
        let proposal = try ComposeSamples.propose(
            ComposeSamples.callCenter,
            files: ["/opt/cc/.env": "REDIS_PASSWORD=x"]
        )
        #expect(proposal.project == "call-center")
        let names = ["postgres", "redis", "files", "config", "secrets"]
        #expect(proposal.components.map(\.name) == names)
        let cluster = try #require(proposal.postgres("postgres"))
        #expect(cluster.dsn == "host=127.0.0.1 port=5433 dbname=callcenter")
        #expect(cluster.user == "callcenter")
        #expect(cluster.password == .environment("POSTGRES_PASSWORD"))
        #expect(cluster.dataDirectory == "/var/lib/docker/volumes/call-center_pgdata/_data")
        let cache = try #require(proposal.redis("redis"))
        #expect(cache.address == .tcp(host: "127.0.0.1", port: 6379, tls: false))
        #expect(cache.password == .environment("REDIS_PASSWORD"))
        #expect(cache.directory == "/var/lib/docker/volumes/call-center_redis_data/_data")
        #expect(
            proposal.files("files")?.paths == [
                "/opt/cc/logs", "/opt/cc/knowledge_base",
                "/var/lib/docker/volumes/cc-recordings/_data", "/srv/prom",
            ]
        )
        let history = try #require(proposal.history("config"))
        #expect(history.path == "/opt/cc")
        #expect(
            Array(history.include.prefix(5)) == [
                "/docker-compose.yml", "/postgres/init.sql", "/asterisk", "/prometheus",
                "/.env.example",
            ]
        )
        #expect(
            history.exclude == ["/logs", "/knowledge_base", "/.env", "/secrets/api_key.txt"]
        )
        #expect(proposal.secrets == ["/opt/cc/.env", "/opt/cc/secrets/api_key.txt"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `its services are all named, and their databases found in addresses`() throws {
        let proposal = try ComposeSamples.propose(ComposeSamples.callCenter)
        let after = Dictionary(uniqueKeysWithValues: proposal.services.map { ($0.name, $0.after) })
        #expect(
            proposal.services.map(\.name) == [
                "postgres", "redis", "call-processor", "celery-worker", "celery-beat", "asterisk",
                "prometheus", "node-exporter",
            ]
        )
        #expect(after["call-processor"] == ["files"])
        #expect(after["celery-worker"] == ["postgres", "redis", "files"])
        #expect(after["celery-beat"] == [])
        // That it uses files says nothing of databases: it stops for every restore.
        #expect(after["asterisk"] == [])
        #expect(proposal.says("service loader", "profile"))
    }

    @Test func `what is left out is said`() throws {
        let proposal = try ComposeSamples.propose(ComposeSamples.callCenter)
        #expect(proposal.says("path /proc", "host's own"))
        #expect(proposal.says("path /", "host's own"))
        #expect(proposal.says("path /var/run/docker.sock", "host's own"))
        #expect(proposal.says("service postgres", "POSTGRES_WAL_LEVEL, POSTGRES_ARCHIVE_MODE"))
        #expect(proposal.says("service postgres", "CREATE ROLE lifeboat"))
        #expect(proposal.says("volumes", "/var/lib/docker/volumes"))
        #expect(proposal.says("path /opt/cc/backup/wal_archive", "not where its data is"))
        #expect(proposal.says("folder /opt/cc", "call-processor, celery-worker, celery-beat"))
        #expect(proposal.secrets == ["/opt/cc/.env", "/opt/cc/secrets/api_key.txt"])
    }

    @Test(arguments: [
        ("postgres:16", "/var/lib/postgresql/data", "/v/_data"),
        ("postgres:16-alpine", "/var/lib/postgresql", "/v/_data/data"),
        ("postgis/postgis:15-3.4", "/var/lib/postgresql/data", "/v/_data"),
        ("timescale/timescaledb:latest-pg16", "/var/lib/postgresql/data", "/v/_data"),
        (
            "registry.example.com:5000/team/postgres:17@sha256:00", "/var/lib/postgresql/data",
            "/v/_data"
        ),
        ("postgres:18", "/var/lib/postgresql", "/v/_data/18/docker"),
        ("pgvector/pgvector:0.8.0-pg18", "/var/lib/postgresql", "/v/_data/18/docker"),
        ("bitnami/postgresql:16", "/bitnami/postgresql", "/v/_data/data"),
    ])
    func `the data directory of an image is found in its volume`(
        image: String,
        target: String,
        place: String
    ) throws {
        let proposal = try ComposeSamples.propose(
            service: "image: \(image)\nvolumes: [\"vol:\(target)\"]",
            more: "volumes: {vol: {name: v}}"
        )
        let directory = proposal.postgres("one")?.dataDirectory
        #expect(directory == "/var/lib/docker/volumes" + place)
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `PGDATA moves it, and without a volume it is unprotected`() throws {
        let moved = try ComposeSamples.propose(
            service: """
                image: postgres:16
                environment: [PGDATA=/var/lib/postgresql/data/pg]
                volumes: [./db:/var/lib/postgresql/data]
                """
        )
        #expect(moved.postgres("one")?.dataDirectory == "/opt/cc/db/pg")
        let bare = try ComposeSamples.propose(service: "image: postgres:16")
        #expect(bare.postgres("one")?.dataDirectory == nil)
        #expect(bare.says("service one", "no volume that is named"))
        #expect(bare.says("service one", "publish its port"))
        _ = try ComposeSamples.configuration(bare)
    }

    @Test(arguments: [
        ("[\"5432\"]", 5432, "127.0.0.1"), ("[\"15432:5432\"]", 15_432, "127.0.0.1"),
        ("[\"10.0.0.5:15432:5432/tcp\"]", 15_432, "10.0.0.5"),
        ("[\"0.0.0.0:1:5432\"]", 1, "127.0.0.1"), ("[\"53:53/udp\", \"7:5432\"]", 7, "127.0.0.1"),
        ("[{target: 5432, published: \"9\"}]", 9, "127.0.0.1"),
        ("[{target: 5432, published: 9, host_ip: 127.0.0.2}]", 9, "127.0.0.2"),
        ("[\"${PORT:-8}:5432\"]", 8, "127.0.0.1"),
    ])
    func `the port that the host hands through is found`(
        ports: String,
        port: Int,
        host: String
    ) throws {
        let proposal = try ComposeSamples.propose(service: "image: postgres:16\nports: \(ports)")
        #expect(proposal.postgres("one")?.dsn == "host=\(host) port=\(port) dbname=postgres")
    }

    @Test func `a password is a reference, whatever the file does with it`() throws {
        let literal = try ComposeSamples.propose(
            service: "image: postgres:16\nenvironment: {POSTGRES_PASSWORD: hunter2}"
        )
        #expect(literal.postgres("one")?.password == .file("/etc/lifeboat/cc-one.password"))
        #expect(literal.says("service one", "stands in the compose file"))
        let text = try ComposeSamples.configuration(literal).description
        #expect(!text.contains("hunter2"))
        #expect(!"\(literal.advice)\(literal.unprotected)".contains("hunter2"))
        let secret = try ComposeSamples.propose(
            service: "image: postgres:16\nenvironment: [POSTGRES_PASSWORD_FILE=/run/secrets/pw]",
            more: "secrets: {pw: {file: ./pw.txt}}"
        )
        #expect(secret.postgres("one")?.password == .file("/opt/cc/pw.txt"))
        #expect(secret.secrets == ["/opt/cc/pw.txt"])
        let open = try ComposeSamples.propose(
            service: "image: postgres:16\nenvironment: {POSTGRES_HOST_AUTH_METHOD: trust}"
        )
        #expect(open.postgres("one")?.password == nil)
        let redis = try ComposeSamples.propose(
            service: "image: redis\ncommand: redis-server --requirepass $PW\nvolumes: [\"r:/data\"]"
        )
        #expect(redis.redis("one")?.password == .environment("PW"))
    }

    @Test func `a Redis without a volume is a cache`() throws {
        let proposal = try ComposeSamples.propose(service: "image: valkey/valkey:8")
        #expect(proposal.redis("one") == nil)
        #expect(proposal.says("service one", "cache"))
        #expect(proposal.services.map(\.name) == ["one", "app"])
    }

    @Test(arguments: ["mysql:8", "mariadb", "mongo:7", "rabbitmq:3-management", "qdrant/qdrant"])
    func `a database of another kind is unprotected, its files with it`(image: String) throws {
        let proposal = try ComposeSamples.propose(
            service: "image: \(image)\nvolumes: [\"d:/var/lib/x\", \"./etc:/etc/x:ro\"]"
        )
        #expect(proposal.says("service one", "no component for"))
        #expect(proposal.components.map(\.name) == ["config"])
        #expect(proposal.says("path /var/lib/docker/volumes/cc_d/_data", "a server that runs"))
    }

    @Test(arguments: [
        "prometheuscommunity/postgres-exporter", "oliver006/redis_exporter", "pgadmin4",
    ])
    func `what is named like a database is none`(image: String) throws {
        let proposal = try ComposeSamples.propose(service: "image: \(image)")
        #expect(proposal.components.map(\.name) == ["config"])
    }

    @Test(arguments: [
        ("[\"/data\"]", "without a name"), ("[\"/etc/localtime:/etc/localtime\"]", "host's own"),
        ("[\"/tmp/x:/x\"]", "host's own"), ("[\"nfs:/x\"]", "type nfs"),
        ("[\"cloud:/x\"]", "driver rexray"),
    ])
    func `what cannot be kept is said`(volumes: String, fact: String) throws {
        let proposal = try ComposeSamples.propose(
            service: "image: x\nvolumes: \(volumes)",
            more: """
                volumes:
                  nfs: {driver_opts: {type: nfs, o: addr=1.2.3.4, device: ":/share"}}
                  cloud: {driver: rexray}
                """
        )
        #expect(proposal.unprotected.contains { $0.fact.contains(fact) })
        #expect(proposal.files("files") == nil)
    }

    @Test func `folders within folders are kept once, and secrets in them are left out`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              a: {image: a, volumes: ["./data/sub:/s", "./data:/d", "..:/up"]}
              b: {image: b, env_file: [{path: ./data/b.env}, "./x[1].env"]}
            """
        )
        #expect(proposal.files("files")?.paths == ["/opt"])
        #expect(
            proposal.files("files")?.exclude == ["/cc/data/b.env", "/cc/x\\[1].env"]
        )
        #expect(proposal.secrets == ["/opt/cc/data/b.env", "/opt/cc/x[1].env"])
        #expect(proposal.history("config")?.exclude == ["/data/b.env", "/x\\[1].env"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `what lies beside the compose file is the stack's, wherever that is`() throws {
        let text = "services: {a: {image: a, volumes: [\"./d:/d\", \"/tmp/e:/e\"]}}"
        let proposal = try ComposeProposal(
            [ComposeDocument(path: "/tmp/cc/compose.yml", text: text)],
            stack: "cc",
            recipient: Samples.recipient,
            around: ComposeProposal.Surroundings(folder: "/tmp/cc")
        )
        #expect(proposal.files("files")?.paths == ["/tmp/cc/d"])
        #expect(proposal.says("path /tmp/e", "host's own"))
    }

    @Test func `a secret that is mounted stays a secret`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              a:
                image: a
                env_file: .env
                depends_on: [p]
                volumes: ["./.env:/app/.env", "./key:/app/key:ro"]
              p: {image: postgres:16}
            secrets: {key: {file: ./key}}
            """
        )
        #expect(proposal.secrets == ["/opt/cc/.env", "/opt/cc/key"])
        #expect(proposal.files("files") == nil)
        #expect(proposal.history("config")?.include.first == "/docker-compose.yml")
        #expect(proposal.history("config")?.exclude == ["/.env", "/key"])
        #expect(proposal.services.first?.after == [])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `names become labels, each its own, and files take none of them`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              Web.App: {image: a, volumes: ["./w:/w"]}
              web-app: {image: a}
              files: {image: a}
              _x: {image: postgres:16}
            """
        )
        #expect(proposal.services.map(\.name) == ["web-app", "web-app-2", "files", "x"])
        #expect(proposal.services[0].way == .compose("Web.App"))
        #expect(proposal.components.map(\.name) == ["x", "stack-files", "config"])
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test(arguments: [
        ("", "opt", "cc"), ("name: Shop.1", "opt", "shop1"), ("name: -_a", "opt", "a"),
        ("", "COMPOSE_PROJECT_NAME", "mine"),
    ])
    func `the project is found as compose finds it`(
        line: String,
        variable: String,
        project: String
    ) throws {
        let text = "\(line)\nservices: {a: {image: a}}\n"
        #expect(
            try ComposeSamples.propose(text, environment: [variable: "mine"]).project == project
        )
    }

    @Test func `a variable that is not set is named where it matters`() throws {
        let proposal = try ComposeSamples.propose(
            """
            services:
              a:
                image: a
                environment: {X: "${NOWHERE}"}
                volumes: ["${DATA:?say where}/x:/x", "${OTHER}/y:/y"]
            """
        )
        #expect(proposal.says("variable DATA", "not set"))
        #expect(proposal.says("variable OTHER", "not set"))
        #expect(!proposal.advice.contains { $0.subject.contains("NOWHERE") })
    }

    @Test(arguments: [
        "", "services:", "services: []", "services: {}", "a: b", "[1]", "x", "services: {a: {b: c}",
        "services: {a: {image: x}}\nservices: {}",
    ])
    func `what is no compose file is refused`(text: String) {
        do throws(Fault) {
            _ = try ComposeSamples.propose(text)
            Issue.record("'\(text)' is none")
        } catch {
            #expect(error.code == .composeFile)
            #expect(error.code.exit == .usage)
        }
    }

    @Test(arguments: [
        "services: {a: }", "services: {a: [1]}", "services: {a: {volumes: x, ports: {a: b}}}",
        "services: {a: {environment: [1, [2], {a: b}], volumes: [[], {}, {target: /x}]}}",
        "services: {a: {command: {a: b}, depends_on: {}, secrets: [{}], env_file: {}}}",
        "services: {a: {image: [x], ports: [99999999999999999999:1, -1, \":\", \"a:b:c:d\"]}}",
        "services: {a: {image: postgres, environment: {POSTGRES_DB: \"a'b\\\\c d\"}}}",
        "services: {a: {image: \"$\", environment: {A: \"$\"}, volumes: [\"$:/x\", \"::\", \":\"]}}",
        "volumes: 3\nsecrets: []\nconfigs: {a: 1}\nservices: {a: {configs: [a, {source: a}]}}",
    ])
    func `odd parts harm nobody`(text: String) throws {
        let proposal = try ComposeSamples.propose(text)
        _ = try ComposeSamples.configuration(proposal)
    }

    @Test func `a file of variables is read as compose does`() {
        let text = """
            # comment
            A=1
            export B = two words # comment
            C="a # b" # c
            D='$x'
            E=
            F
            1G=2
            H=a#b

            """
        #expect(
            EnvironmentFile.variables(in: text) == [
                "A": "1", "B": "two words", "C": "a # b", "D": "$x", "E": "", "H": "a#b",
            ]
        )
    }
}
