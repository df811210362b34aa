import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit

/// A stack in real containers: PostgreSQL and Redis on named volumes, an application that writes to both, and a job that stands still.
struct ContainerStand {
    let playground: Playground
    let host: ContainerHost
    let server: PostgresServer

    /// The socket of Redis.
    private var socket: String { server.root.appending(path: "redis.sock").path }
    /// Its volume on the host.
    var cache: String { server.root.appending(path: "cache").path }

    /// Debian's own programs, in containers that see the host's `/usr`.
    init() async throws {
        playground = try Playground()
        host = try ContainerHost()
        server = try PostgresServer.make()
        try FileSystem.makeDirectories(FilePath(cache), mode: 0o755)
        for (name, path) in [("pgdata", server.data.path), ("cachedata", cache)] {
            try host.podman([
                "volume", "create", "--opt", "type=none", "--opt", "o=bind", "--opt",
                "device=\(path)", name,
            ])
        }
        try makeServers()
        try host.create(
            service: "app",
            of: "shop",
            after: ["db", "cache"],
            script: writer,
            options: view
        )
        try host.create(service: "job", of: "shop", after: ["db"])
        try host.create(service: "mail", of: "shop")
        for name in ["shop-db-1", "shop-cache-1", "shop-mail-1"] { try host.start(name) }
        let limit = ContinuousClock.now + .seconds(300)
        while (try? server.psql("select 1")) != "1" {
            guard ContinuousClock.now < limit else {
                throw Fault(.failedTest, try host.podman(["logs", "shop-db-1"]))
            }
            usleep(50_000)
        }
        try server.psql("create table t (n int); create table calls (n int)")
        try server.psql("create table starts (id serial, count int, last int)")
        try host.start("shop-app-1")
        try await initialise()
    }

    /// What every container with a program sees of the host.
    private var view: [String] {
        let place = server.root.path
        return [
            "--volume", "/usr:/usr:ro", "--volume", "/etc/passwd:/etc/passwd:ro",
            "--volume", "\(place):\(place)",
        ]
    }

    private func makeServers() throws {
        let account = try Account.named("postgres")
        try host.create(
            service: "db",
            of: "shop",
            script: "exec \(server.binaries.path)/postgres -D \(server.data.path)",
            health: "\(server.binaries.path)/pg_isready -q -h \(server.root.path)",
            options: view + [
                "--stop-timeout", "60", "--user", "\(account.uid):\(account.gid)", "--stop-signal",
                "SIGINT",
                "--volume", "pgdata:\(server.data.path)",
            ]
        )
        let redis = RedisProgram.redis7.path
        try host.create(
            service: "cache",
            of: "shop",
            script: """
                exec \(redis) --port 0 --unixsocket \(socket) --dir /data --appendonly yes \
                    --repl-diskless-sync-delay 0
                """,
            options: view + ["--stop-timeout", "60", "--volume", "cachedata:/data"]
        )
    }

    /// Notes what it finds when it is started, then counts on in both servers.
    ///
    /// It does not try again, so who starts it too early sees it.
    private var writer: String {
        let psql = "\(server.binaries.path)/psql -X -q -t -A -h \(server.root.path) -U postgres"
        return """
            sql() { \(psql) -d postgres -c "$1"; }
            redis() { /usr/bin/redis-cli -s \(socket) "$@"; }
            sql "insert into starts (count, last) select count(*), coalesce(max(n), 0) from calls"
            redis rpush starts "found:$(redis get last)"
            (while :; do
                n=$(sql "insert into calls select coalesce(max(n), 0) + 1 from calls returning n")
                test -n "$n" && redis set last "$n"
                /usr/bin/sleep 0.1
            done) &
            """
    }

    private func initialise() async throws {
        let made = try await playground.run([
            "init", "shop", "--copy", "vault", "--state", "state", "--host", "h1",
            "--kit", "kit.txt", "--quiet", "--postgres",
            "host=\(server.root.path) user=postgres dbname=postgres",
            "--postgres-directory", server.data.path, "--redis", "unix://\(socket)",
            "--redis-directory", cache,
        ])
        guard made.code == 0 else { throw Fault(.failedTest, made.text) }
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        let text = """
            compose: {project: shop, engine: "unix://\(host.socket.string)"}
            services:
              postgres: {compose: db}
              redis: {compose: cache}
              app: {compose: app}
              job: {compose: job}

            """
        let before = try playground.read("lifeboat.yaml")
        try playground.write("lifeboat.yaml", before + text)
    }

    func states() throws -> [String] {
        try ["db", "cache", "app", "job", "mail"].map { try host.state(of: "shop-\($0)-1") }
    }

    /// How far the application has counted in PostgreSQL.
    func counted() throws(Fault) -> Int {
        Int(try server.psql("select coalesce(max(n), 0) from calls")) ?? -1
    }

    /// What Redis answers.
    func redis(_ words: String...) async throws(Fault) -> String {
        let output = try await Command("redis-cli", arguments: ["-s", socket] + words)
            .runSuccessfully(outputLimit: 1 << 16)
        return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Waits until the application has counted on in both.
    func waitForWriter() async throws(Fault) {
        let start = try counted()
        let limit = ContinuousClock.now + .seconds(300)
        while true {
            let last = Int(try await redis("get", "last")) ?? 0
            if try counted() > start + 2, last > start { return }
            guard ContinuousClock.now < limit else {
                throw Fault(.failedTest, try host.podman(["logs", "shop-app-1"]))
            }
            usleep(50_000)
        }
    }

    /// Receives the log while rows come in; tells a moment between the second and the third, and how far the application had counted.
    func story() async throws -> (moment: Instant, counts: ClosedRange<Int>) {
        try await waitForWriter()
        let backup = try await playground.run(["backup"])
        guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
        return try await playground.whileRunning { () async throws(Fault) in
            try server.psql("insert into t values (1), (2)")
            try await waitForWriter()
            let lowest = try counted()
            usleep(1_200_000)
            let moment = SystemClock().now()
            usleep(1_200_000)
            let highest = try counted()
            try server.psql("insert into t values (3)")
            let position = try server.psql("select pg_current_wal_lsn()")
            try server.wait(
                until: "select bool_or(restart_lsn >= '\(position)') from pg_replication_slots"
            )
            return (moment: moment, counts: lowest...highest)
        }.value
    }

    /// When a container was started last, in podman's words.
    func start(of name: String) throws(Fault) -> String {
        try host.podman(["inspect", "--format", "{{.State.StartedAt}}", name])
    }

    /// Runs the health check of a container until it was started again and found healthy.
    func check(_ name: String, startedAfter last: String) async {
        let limit = ContinuousClock.now + .seconds(600)
        while ContinuousClock.now < limit {
            let isNew = (try? start(of: name)).map { $0 != last } ?? false
            if isNew, (try? host.state(of: name)) == "running", host.check(name) { return }
            usleep(200_000)
        }
    }

    /// Ends what writes to the servers' folder, which goes with the test.
    func stop() throws {
        for name in ["shop-app-1", "shop-cache-1", "shop-db-1"] {
            try host.podman(["stop", name])
        }
        server.remove()
    }
}
