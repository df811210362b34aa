import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A host that keeps nothing that opens data: killed at any moment, with a log, and lost in the end.
@Suite(.ownThreads) struct WriteOnlyHostTests {
    /// Takes the kit away from the host, as a person does who stores it elsewhere.
    private func hide(_ playground: Playground) throws -> String {
        let kit = try playground.read("kit.txt")
        try playground.remove("kit.txt")
        #expect(
            !FileManager.default.fileExists(atPath: "\(playground.path)/state/keys/data.identity")
        )
        return kit
    }

    /// How often a backup of new files was killed on its way, ten times at most.
    private func kills(
        _ playground: Playground,
        usual: Duration,
        _ random: inout SeededGenerator
    ) async throws -> Int {
        // Other tests share the machine, so what a backup takes is measured again and again.
        var usual = usual
        var killed = 0
        for _ in 0..<150 where killed < 10 {
            try fill(playground, &random)
            let delay = usual * Double.random(in: 0.05...0.95, using: &random)
            if let took = try await playground.kill(["backup"], after: delay) {
                usual = took
            } else {
                killed += 1
            }
        }
        return killed
    }

    private func fill(_ playground: Playground, _ random: inout SeededGenerator) throws {
        for number in 0..<8 {
            try DurableFile.replace(
                playground.source.appending("file\(number)"),
                with: random.bytes(600_000),
                mode: 0o600
            )
        }
    }

    @Test
    func `killed at ten moments it goes on, prunes, and comes back elsewhere with the kit alone`()
        async throws
    {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let playground = try await Playground.initialised(["--write-only"])
        let kit = try hide(playground)
        try fill(playground, &random)
        let began = ContinuousClock.now
        #expect(try await playground.run(["backup"]).code == 0)
        let killed = try await kills(playground, usual: began.duration(to: .now), &random)
        #expect(killed == 10, "seed \(seed)")
        let done = try await playground.run(["backup"])
        #expect(done.code == 0, "seed \(seed): \(done.text)")
        // What was stored is not sent again: a session that stored everything and died leaves little to do.
        try fill(playground, &random)
        #expect(try await playground.run(["backup"]).code == 0)
        let same = try await playground.run(["backup", "--json"])
        #expect(same.code == 0 && same.output.contains("\"bytes_added\":0"), "\(same.output)")
        #expect(try await playground.run(["check"]).code == 0)
        #expect(try await playground.run(["doctor"]).errors.isEmpty)

        // Retention needs the host's signature and no identity.
        for arguments in [["prune", "--dry-run"], ["prune", "--yes"]] {
            let prune = try await playground.run(arguments)
            #expect(prune.code == 0, "\(prune.text)")
        }
        let refused = try await playground.run(["restore", "--to", "out", "--yes"])
        #expect(refused.code == 12 && refused.errors.contains("id: E-KEY-NONE"))
        #expect(refused.errors.contains("--identity FILE"))

        // The host is gone with its state and its configuration; the kit is both key and configuration.
        try playground.remove("state")
        try playground.remove("lifeboat.yaml")
        try playground.write("kit.txt", kit)
        let restored = try await playground.run([
            "restore", "--config", "kit.txt", "--identity", "kit.txt", "--to", "out", "--yes",
        ])
        #expect(restored.code == 0, "seed \(seed): \(restored.text)")
        for number in 0..<8 {
            let path = playground.restored("out/files", "source/file\(number)")
            let isSame =
                try DurableFile.read(playground.path.appending(path), limit: ByteCount(1 << 20))
                == DurableFile.read(
                    playground.source.appending("file\(number)"),
                    limit: ByteCount(1 << 20)
                )
            #expect(isSame, "seed \(seed)")
        }
        let secret = playground.restored("out/secrets", "secret.env")
        #expect(try playground.read(secret) == Playground.secret)
    }

    @Test
    func `its log is received, also after a kill, and restores elsewhere with the kit`()
        async throws
    {
        let playground = try Playground()
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let made = try await playground.run([
            "init", "db", "--copy", "vault", "--state", "state", "--host", "h1", "--postgres",
            "host=\(server.root.path) port=\(server.port) user=postgres dbname=postgres",
            "--kit", "kit.txt", "--quiet", "--write-only",
        ])
        #expect(made.code == 0, "\(made.text)")
        try playground.edit("heartbeat: 10s", "heartbeat: 200ms")
        let kit = try hide(playground)
        _ = try server.psql("create table t as select generate_series(1, 1000) n")
        #expect(try await playground.run(["backup"]).code == 0)
        for round in 1...3 {
            _ = try server.psql("insert into t select generate_series(1, 1000)")
            try server.waitForIdleSlots()
            let ended = try await playground.kill(["run"], after: .milliseconds(1_500))
            #expect(ended == nil, "round \(round)")
        }
        _ = try server.psql("insert into t select generate_series(1, 1000)")
        let (isReceived, status) = try await playground.whileRunning { () async throws(Fault) in
            try await hasReceived(playground, server)
        }
        let log = try playground.read("run.log")
        #expect(isReceived && status == .exited(0), "\(log)")
        let refused = try await playground.run(["restore", "--to", "out", "--yes"])
        #expect(refused.code == 12 && refused.errors.contains("id: E-KEY-NONE"))
        #expect(try await playground.run(["check"]).code == 0)
        _ = try server.stop(.immediate)

        try playground.remove("state")
        try playground.remove("lifeboat.yaml")
        try playground.write("kit.txt", kit)
        for (at, count) in [("latest", "5000"), ("postgres@1", "1000")] {
            let restored = try PostgresServer.emptyDirectory()
            defer { restored.remove() }
            let done = try await playground.run([
                "restore", "--config", "kit.txt", "--identity", "kit.txt", "--at", at, "--to",
                restored.data.path, "--yes",
            ])
            #expect(done.code == 0, "\(done.text)")
            try restored.adoptData()
            try restored.start()
            #expect(try restored.psql("select count(*) from t") == count, "\(at)")
        }
    }

    /// Whether the log reaches the server's present position within five minutes.
    private func hasReceived(
        _ playground: Playground,
        _ server: PostgresServer
    ) async throws(Fault) -> Bool {
        let text = try server.psql("select pg_current_wal_insert_lsn()")
        guard let wanted = LSN(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Fault(.failedTest, text)
        }
        let root = playground.path.appending("vault/log/h1.db.postgres/00000001")
        let limit = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < limit {
            let names = (try? Directory.open(root).names()) ?? []
            let ends = names.compactMap { name in
                let parts = name.description.split(separator: "-")
                return parts.count == 3 ? UInt64(parts[1], radix: 16) : nil
            }
            if let end = ends.max(), end > wanted.value { return true }
            usleep(50_000)
        }
        return false
    }
}
