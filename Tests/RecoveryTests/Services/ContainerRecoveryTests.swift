import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A stack in real containers: a PostgreSQL server on a named volume, an application that needs it, and a job that stands still.
@Suite(.ownThreads, .serialized) struct ContainerRecoveryTests {
    private struct Stand {
        let playground: Playground
        let host: ContainerHost
        let server: PostgresServer

        /// Debian's own programs, in containers that see the host's `/usr`.
        init() async throws {
            playground = try Playground()
            host = try ContainerHost()
            server = try PostgresServer.make()
            let place = server.root.path
            try host.podman([
                "volume", "create", "--opt", "type=none", "--opt", "o=bind", "--opt",
                "device=\(server.data.path)", "pgdata",
            ])
            let account = try Account.named("postgres")
            try host.create(
                service: "db",
                of: "shop",
                script: "exec \(server.binaries.path)/postgres -D \(server.data.path)",
                health: "\(server.binaries.path)/pg_isready -q -h \(place)",
                options: [
                    "--user", "\(account.uid):\(account.gid)", "--stop-signal", "SIGINT",
                    "--volume", "/usr:/usr:ro", "--volume", "/etc/passwd:/etc/passwd:ro",
                    "--volume", "\(place):\(place)", "--volume", "pgdata:\(server.data.path)",
                ]
            )
            try host.create(service: "app", of: "shop", after: ["db"])
            try host.create(service: "job", of: "shop", after: ["db"])
            try host.create(service: "mail", of: "shop")
            for name in ["shop-db-1", "shop-app-1", "shop-mail-1"] { try host.start(name) }
            let limit = ContinuousClock.now + .seconds(120)
            while (try? server.psql("select 1")) != "1" {
                guard ContinuousClock.now < limit else {
                    throw Fault(.failedTest, try host.podman(["logs", "shop-db-1"]))
                }
                usleep(50_000)
            }
            try await initialise()
        }

        private func initialise() async throws {
            let made = try await playground.run([
                "init", "shop", "--copy", "vault", "--state", "state", "--host", "h1",
                "--kit", "kit.txt", "--quiet", "--postgres",
                "host=\(server.root.path) user=postgres dbname=postgres",
                "--postgres-directory", server.data.path,
            ])
            guard made.code == 0 else { throw Fault(.failedTest, made.text) }
            try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
            let text = """
                compose: {project: shop, engine: "unix://\(host.socket.string)"}
                services:
                  postgres: {compose: db}
                  app: {compose: app}
                  job: {compose: job}

                """
            let before = try playground.read("lifeboat.yaml")
            try playground.write("lifeboat.yaml", before + text)
        }

        func states() throws -> [String] {
            try ["db", "app", "job", "mail"].map { try host.state(of: "shop-\($0)-1") }
        }

        /// Receives the log while rows come in; tells a moment between the second and the third.
        func story() async throws -> Instant {
            try server.psql("create table t (n int)")
            let backup = try await playground.run(["backup"])
            guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
            let command = Command(
                try Program.path,
                arguments: ["run"],
                environment: ["PATH": "/usr/bin:/bin", "TZ": "UTC"],
                workingDirectory: playground.path
            )
            let (moment, _) = try await command.spawn(log: playground.path.appending("log")) {
                child async throws(Fault) in
                try server.psql("insert into t values (1), (2)")
                usleep(1_200_000)
                let moment = SystemClock().now()
                usleep(1_200_000)
                try server.psql("insert into t values (3)")
                let end = try server.psql("select pg_current_wal_lsn()")
                try wait(for: end)
                try child.terminate(SIGTERM)
                _ = try child.wait(upTo: .seconds(300))
                return moment
            }
            return moment
        }

        private func wait(for position: String) throws(Fault) {
            let sql = """
                select bool_or(confirmed >= '\(position)'::pg_lsn) from
                (select restart_lsn confirmed from pg_replication_slots) s
                """
            let limit = ContinuousClock.now + .seconds(120)
            while try server.psql(sql) != "t" {
                guard ContinuousClock.now < limit else {
                    throw Fault(.failedTest, "the log does not reach the vault")
                }
                usleep(50_000)
            }
        }
    }

    @Test func `a server in a container goes back to a second on its volume, and all is as it was`()
        async throws
    {
        let stand = try await Stand()
        defer { stand.server.remove() }
        let before = try stand.states()
        let moment = try await stand.story()
        let heads = try stand.playground.heads()
        #expect(heads.contains("\"service.postgres\":\"\(ContainerHost.image) sha256:"))
        let restore = [
            "restore", "shop/postgres", "--delta", "--at", moment.rfc3339(digits: 6),
            "--identity", "kit.txt",
        ]
        let plan = try await stand.playground.run(restore)
        #expect(plan.code == 15, "\(plan.text)")
        #expect(plan.output.contains("stops first: app (compose service shop/app), postgres"))
        #expect(plan.output.contains("stands still, and stays so: job"))
        #expect(plan.output.contains("does not name it: mail"), "\(plan.text)")
        #expect(try stand.states() == before)
        // Where there is no systemd nobody runs the health check of a container, so it is done here.
        async let checks: Void = Self.check("shop-db-1", stand.host)
        let done = try await stand.playground.run(restore + ["--yes"])
        await checks
        #expect(done.code == 0, "\(done.text)")
        #expect(try stand.states() == before)
        #expect(try stand.server.psql("select string_agg(n::text, ',' order by n) from t") == "1,2")
        #expect(
            try FileSystem.status(stand.playground.path.appending("state/services.ledger")) == nil
        )
        try stand.host.podman(["stop", "shop-db-1"])
    }

    /// Runs the health check of a container until it was stopped, started and found healthy.
    private static func check(_ name: String, _ host: ContainerHost) async {
        let limit = ContinuousClock.now + .seconds(240)
        var wasStopped = false
        while ContinuousClock.now < limit {
            let state = (try? host.state(of: name)) ?? ""
            if state == "exited" { wasStopped = true }
            if wasStopped, state == "running", host.check(name) { return }
            usleep(200_000)
        }
    }
}
