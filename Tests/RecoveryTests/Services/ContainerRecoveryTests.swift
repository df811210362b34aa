import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A stack in real containers goes back, and everything around the data is as it was found.
@Suite(.ownThreads, .serialized) struct ContainerRecoveryTests {
    @Test(.timeLimit(.minutes(30)))
    func `a server in a container goes back to a second on its volume, and all is as it was`()
        async throws
    {
        let stand = try await ContainerStand()
        defer { try? stand.stop() }
        let (playground, server) = (stand.playground, stand.server)
        let before = try stand.states()
        #expect(before == ["running", "running", "running", "created", "running"])
        let (moment, counts) = try await stand.story()
        #expect(
            try playground.heads()
                .contains("\"service.postgres\":\"\(ContainerHost.image) sha256:")
        )
        let restore = [
            "restore", "shop/postgres", "--delta", "--at", moment.rfc3339(digits: 6),
            "--identity", "kit.txt",
        ]
        let plan = try await playground.run(restore)
        #expect(plan.code == 15, "\(plan.text)")
        #expect(plan.output.contains("stops first: app (compose service shop/app), postgres"))
        #expect(plan.output.contains("stands still, and stays so: job"))
        #expect(plan.output.contains("does not name it: mail"), "\(plan.text)")
        #expect(try stand.states() == before)
        // Where there is no systemd nobody runs the health check of a container, so it is done here.
        let start = try stand.start(of: "shop-db-1")
        async let checks: Void = stand.check("shop-db-1", startedAfter: start)
        let done = try await playground.run(restore + ["--yes"])
        await checks
        #expect(done.code == 0, "\(done.text)")
        #expect(try stand.states() == before)
        #expect(try server.psql("select string_agg(n::text, ',' order by n) from t") == "1,2")
        // The application was started when the server worked, and found every call of before that second.
        let found = "from starts order by id desc limit 1"
        let count = try #require(Int(try server.psql("select count \(found)")))
        #expect(counts.contains(count), "\(count) of \(counts)")
        #expect(try server.psql("select count = last and id = 2 \(found)") == "t")
        try await stand.waitForWriter()
        #expect(try server.psql("select count(*) = max(n) from calls") == "t")
        #expect(try FileSystem.status(playground.path.appending("state/services.ledger")) == nil)
    }

    @Test(.timeLimit(.minutes(30)))
    func `Redis in a container goes back on its volume, and what it held is kept beside`()
        async throws
    {
        let stand = try await ContainerStand()
        defer { try? stand.stop() }
        let playground = stand.playground
        try await stand.waitForWriter()
        let before = try stand.states()
        let lowest = try #require(Int(try await stand.redis("get", "last")))
        let backup = try await playground.run(["backup", "shop/redis"])
        #expect(backup.code == 0, "\(backup.text)")
        let highest = try #require(Int(try await stand.redis("get", "last")))
        try await stand.waitForWriter()
        let restore = ["restore", "shop/redis", "--identity", "kit.txt"]
        let plan = try await playground.run(restore)
        #expect(plan.code == 15, "\(plan.text)")
        #expect(plan.output.contains("stops first: app (compose service shop/app), redis"))
        #expect(plan.output.contains("before-restore-"), "\(plan.text)")
        let done = try await playground.run(restore + ["--yes"])
        #expect(done.code == 0, "\(done.text)")
        #expect(try stand.states() == before)
        // What the application found when it was started again is what the snapshot holds.
        let starts = try await stand.redis("lrange", "starts", "0", "-1").split(separator: "\n")
        #expect(starts.count == 2, "\(starts)")
        let found = try #require(Int(starts.last?.dropFirst("found:".count) ?? ""))
        #expect((lowest...highest).contains(found), "\(found)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: stand.cache)
            .filter { $0.hasPrefix("before-restore-") }
        #expect(kept.count == 1)
        let manifest = "\(stand.cache)/\(kept.first ?? "")/appendonlydir/appendonly.aof.manifest"
        #expect(FileManager.default.fileExists(atPath: manifest))
        try await stand.waitForWriter()
    }
}
