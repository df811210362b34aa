import Model
import StackConfiguration
import Testing

@Suite struct DecodingTests {
    @Test func `every key of the grammar arrives`() throws {
        let value = try Samples.decode(Samples.whole)
        #expect(value.stack == "call-center")
        #expect(value.environment == "prod")
        #expect(value.host == "db1")
        #expect(value.state == "/srv/lifeboat")
        #expect(value.keys.recipients == [Samples.recipient, Samples.other])
        #expect(value.keys.identity == .file("/etc/lifeboat/prod.identity"))
        #expect(value.keys.kitTestedWithin == .seconds(90 * 86_400))
        #expect(value.objectives.copies == .threeTwoOneOneZero)
        #expect(value.copies == Self.copies)
        #expect(value.copy(named: "cold") == Self.copies[2])
        #expect(
            value.components.map(\.name) == ["postgres", "redis", "uploads", "config", "secrets"]
        )
        #expect(value.component(named: "postgres")?.source == .postgresql(Self.postgres))
        #expect(value.component(named: "redis")?.source == .redis(Self.redis))
        let files = FilesConfiguration(
            paths: ["/srv/uploads"],
            include: ["*.jpg"],
            exclude: ["*.tmp"]
        )
        #expect(value.component(named: "uploads")?.source == .files(files))
        let history = HistoryConfiguration(
            path: "/opt/app",
            include: ["compose.yml", "grafana/"],
            exclude: ["node_modules/"],
            remote: .init(
                url: "git@git.example.com:ops/app.git",
                key: .file("/run/secrets/git_key")
            )
        )
        #expect(value.component(named: "config")?.source == .configuration(history))
        let secrets = SecretsConfiguration(paths: ["/opt/.env"], recipients: [Samples.other])
        #expect(value.component(named: "secrets")?.source == .secrets(secrets))
        #expect(value.stream(of: "redis")?.description == "db1.call-center.redis")
        #expect(value.stream(of: "mail") == nil)
    }

    @Test func `services arrive with their ways`() throws {
        let value = try Samples.decode(Samples.whole)
        #expect(
            value.compose
                == ComposeConfiguration(
                    project: "call-center",
                    engine: "unix:///run/podman/podman.sock"
                )
        )
        #expect(
            value.services == [
                ServiceConfiguration(name: "postgres", way: .compose("postgres")),
                ServiceConfiguration(
                    name: "api",
                    way: .compose("call-processor"),
                    healthyWithin: .seconds(300)
                ),
                ServiceConfiguration(name: "proxy", way: .container("front"), after: ["api"]),
                ServiceConfiguration(
                    name: "cron",
                    way: .unit("cc-cron.timer"),
                    after: ["postgres", "redis"]
                ),
                ServiceConfiguration(
                    name: "worker",
                    way: .commands(
                        start: ["/srv/w", "start"],
                        stop: ["/srv/w", "stop"],
                        status: ["/srv/w", "status"]
                    ),
                    after: ["api"]
                ),
            ]
        )
        let small = try Samples.decode(Samples.small)
        #expect(small.compose == nil)
        #expect(small.services.isEmpty)
    }

    @Test func `a copy's own keep stands before a component's, and all is kept without either`()
        throws
    {
        let value = try Samples.decode(Samples.whole)
        let kept = { (component: String, copy: String) -> KeepPolicy? in
            guard let component = value.component(named: component),
                let copy = value.copy(named: copy)
            else { return nil }
            return value.keep(of: component, in: copy)
        }
        #expect(kept("postgres", "local") == KeepPolicy(daily: 30, weekly: 8, monthly: 12))
        #expect(kept("redis", "b2") == KeepPolicy(last: 3, hourly: 24, yearly: 1))
        #expect(kept("uploads", "local") == .everything)
        #expect(kept("uploads", "cold") == KeepPolicy(monthly: 24, yearly: 7))
        #expect(kept("redis", "usb") == .everything)
        #expect(kept("secrets", "local") == .everything)
    }

    private static let copies = [
        CopyConfiguration(
            name: "local",
            address: .directory("/backup/lifeboat"),
            medium: .disk,
            site: "dc1",
            limit: ByteCount(80 << 20)
        ),
        CopyConfiguration(
            name: "b2",
            address: .bucket(
                BucketConfiguration(
                    bucket: "cc-backup",
                    prefix: "prod",
                    endpoint: "https://s3.eu-central-003.example.com",
                    region: "eu-central-003",
                    pathStyle: true,
                    authorities: "/etc/ssl/b2.pem",
                    credentials: .file("/run/secrets/b2")
                )
            ),
            medium: .object,
            site: "b2-eu",
            lock: CopyLock(mode: .compliance, period: .seconds(30 * 86_400))
        ),
        CopyConfiguration(
            name: "cold",
            address: .bucket(
                BucketConfiguration(
                    bucket: "cc-archive",
                    prefix: "prod",
                    storageClass: "GLACIER_IR"
                )
            ),
            every: .seconds(7 * 86_400),
            keep: KeepPolicy(monthly: 24, yearly: 7)
        ),
        CopyConfiguration(
            name: "usb",
            address: .directory("/media/usb/lifeboat"),
            medium: .optical,
            every: .seconds(30 * 86_400),
            keep: .everything,
            isOffline: true
        ),
    ]

    private static let postgres = PostgresConfiguration(
        dsn: "host=/run/postgresql dbname=callcenter",
        user: "lifeboat",
        password: .file("/run/secrets/pg"),
        dataDirectory: "/var/lib/postgresql/15/main",
        binaries: "/usr/lib/postgresql/15/bin",
        method: .direct,
        base: BaseConfiguration(
            connections: 8,
            limit: ByteCount(200 << 20),
            busy: BusyConfiguration(sessions: 32, wait: .milliseconds(50))
        ),
        wal: WALConfiguration(
            stream: true,
            slot: "boat",
            heartbeat: .milliseconds(250),
            keep: .seconds(7 * 86_400),
            durableIn: .everyCopy,
            spool: "/srv/spool",
            spoolLimit: ByteCount(4 << 30)
        ),
        migration: ["alembic", "current"]
    )

    private static let redis = RedisConfiguration(
        address: .tcp(host: "127.0.0.1", port: 6379, tls: true),
        user: "lifeboat",
        password: .environment("REDIS_PASSWORD"),
        directory: "/var/lib/redis",
        isAppendOnly: false,
        tls: RedisTLSConfiguration(
            authority: "/etc/ca.pem",
            certificate: "/etc/own.pem",
            key: "/etc/own.key",
            serverName: "cache"
        ),
        prefersReplica: true,
        log: RedisLogConfiguration(
            stream: false,
            keep: .seconds(172_800),
            durableIn: .everyCopy,
            server: "/opt/redis-server"
        )
    )

    @Test func `defaults fill in what the file leaves out`() throws {
        let value = try Samples.decode(Samples.small)
        #expect(value.host == "box")
        #expect(value.state == "/var/lib/lifeboat/shop")
        #expect(value.keys.identity == nil)
        #expect(value.objectives.copies == nil)
        #expect(value.copies[0].every == nil && value.copies[0].keep == nil)
        let wal = WALConfiguration(slot: "lifeboat_shop", heartbeat: .seconds(10))
        let postgres = PostgresConfiguration(dsn: "service=shop", method: .auto, wal: wal)
        #expect(value.components[0].source == .postgresql(postgres))
        #expect(wal.stream)
        let secrets = SecretsConfiguration(paths: ["/srv/.env"], recipients: [Samples.recipient])
        #expect(value.components[1].source == .secrets(secrets))
    }

    @Test(arguments: [
        ("{file: /a}", SecretReference.file("/a")), ("{env: PW}", .environment("PW")),
        ("{credential: pg}", .credential("pg")),
        ("{exec: [pass, show, pg]}", .command(["pass", "show", "pg"])),
    ])
    func `a secret is any of four references`(text: String, reference: SecretReference) throws {
        let value = try Samples.decode(
            Samples.small("\"service=shop\"", "\"service=shop\", password: \(text)")
        )
        guard case .postgresql(let postgres) = value.components[0].source else {
            Issue.record("not PostgreSQL")
            return
        }
        #expect(postgres.password == reference)
        #expect(reference.description == text)
    }

    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("10s", .seconds(10)), ("5m", .seconds(300)),
        ("1h", .seconds(3600)), ("7d", .seconds(604_800)),
    ])
    func `durations have a unit`(text: String, duration: Duration) throws {
        let value = try Samples.decode(
            Samples.small("\"service=shop\"", "\"service=shop\", wal: {heartbeat: \(text)}")
        )
        guard case .postgresql(let postgres) = value.components[0].source else {
            Issue.record("not PostgreSQL")
            return
        }
        #expect(postgres.wal.heartbeat == duration)
    }

    @Test(arguments: [
        ("redis://cache", RedisAddress.tcp(host: "cache", port: 6379, tls: false)),
        ("rediss://[::1]:7000/", .tcp(host: "::1", port: 7000, tls: true)),
        ("unix:///run/redis.sock", .socket("/run/redis.sock")),
    ])
    func `Redis addresses are read`(text: String, address: RedisAddress) {
        #expect(RedisAddress(text) == address)
        #expect(RedisAddress(address.description) == address)
    }

    @Test(arguments: [
        "", "redis://", "redis://h:0", "redis://h:65536", "redis://h:1/2", "redis://u:p@h",
        "http://h", "unix://run", "redis://[::1", "redis://[::1]x", "redis://h:", "redis://a b",
    ])
    func `what is no Redis address is refused`(text: String) {
        #expect(RedisAddress(text) == nil)
    }

    @Test(arguments: [
        ("DB1.example.com", "db1"), ("web_2", "web_2"), ("--x", "x"), ("", "host"),
        ("...", "host"), ("Müller", "m--ller"),
        (String(repeating: "a", count: 99), String(repeating: "a", count: 63)),
    ])
    func `a host name becomes a label`(name: String, label: String) {
        #expect(StackConfiguration.label(ofHostNamed: name) == label)
        #expect(StreamName.isLabel(StackConfiguration.label(ofHostNamed: name)))
    }

    @Test func `YAML anchors work within limits`() throws {
        let text =
            Samples.small("keys: {recipients: [", "keys: {recipients: &all [") + """
                  more: {kind: secrets, paths: [/b], recipients: *all}

                """
        #expect(try Samples.decode(text).components.count == 3)
    }
}
