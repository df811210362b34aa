import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A copy with Object Lock, and one that keeps versions, through the executable: what an attacker cannot take away.
@Suite(.ownThreads) struct LockedBucketTests {
    private let restore = ["restore", "web/files", "--yes", "--to"]

    private func initialised(_ bucket: Bucket, lock: String?) async throws -> Playground {
        let playground = try Playground()
        try playground.fill(seed: 5)
        let ending = try await playground.run(
            [
                "init", "web", "--copy", bucket.url, "--files", "source", "--secrets",
                "secret.env", "--state", "state", "--host", "h1", "--kit", "kit.txt",
            ],
            variables: bucket.variables
        )
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
        if let lock { try playground.edit("name: s3,", "name: s3, lock: \(lock),") }
        return playground
    }

    /// The objects whose locks end before a time.
    private func open(_ bucket: Bucket, before time: Instant) async throws -> [ObjectName] {
        let store = try bucket.store()
        var names: [ObjectName] = []
        try await store.list("") { names.append($0.name) }
        var open: [ObjectName] = []
        for name in names {
            let end = try await store.status(name)?.lockedUntil
            if end.map({ $0 < time }) ?? true { open.append(name) }
        }
        return open
    }

    @Test func `a backup leaves everything that it needs locked, and prune the rest`() async throws
    {
        let bucket = try Bucket(.moto, "locked")
        // The vault is older than its locks.
        let playground = try await initialised(bucket, lock: nil)
        let run = { (words: [String]) in
            try await playground.run(words, variables: bucket.variables)
        }
        #expect(try await run(["backup"]).code == 0)
        try playground.edit("name: s3,", "name: s3, lock: {mode: compliance, for: 10d},")
        try playground.edit("\ncopies:\n", "\nobjectives: {copies: 3-2-1-1-0}\ncopies:\n")
        let unlocked = try await run(["status"])
        #expect(unlocked.output.contains("problem: its newest snapshots are not locked"))
        #expect(unlocked.output.contains("lacks: copy 's3' has `lock:`"), "\(unlocked.text)")
        let warned = try await run(["doctor"])
        #expect(warned.output.contains("warning: copy s3, lock:"), "\(warned.text)")
        #expect(warned.output.contains("lifeboat prune --copy s3 --yes"))
        try playground.write("source/letter", "second\n")
        let end = SystemClock().now() + .seconds(10 * 86_400 - 60)
        let backup = try await run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        let locked = try await run(["status"])
        #expect(locked.output.contains("its newest snapshots are locked until"), "\(locked.text)")
        #expect(!locked.output.contains("has `lock:`") && !locked.output.contains("takes over"))
        let examined = try await run(["doctor"])
        #expect(examined.output.contains("ok: copy s3, lock:"), "\(examined.text)")
        let left = try await open(bucket, before: end)
        #expect(left.allSatisfy { $0.text.hasPrefix("snapshots/") || $0.text.hasPrefix("packs/") })
        #expect(left.contains { $0.text.contains("/0000000001-") })
        #expect(!left.contains { $0.text.contains("/0000000002-") })
        let prune = try await run(["prune", "--yes"])
        #expect(prune.code == 0 && prune.output.contains("locked for longer:"), "\(prune.text)")
        #expect(try await open(bucket, before: end) == [])
        let idle = try await run(["prune", "--yes", "--json"])
        #expect(idle.output.contains("\"locks_prolonged\":0"), "\(idle.text)")
        let pack = try #require(try await bucket.contents().keys.first { $0.labels[0] == "packs" })
        let kept = await #expect(throws: Fault.self) { try await bucket.store().remove(pack) }
        #expect(kept?.code == .objectLocked)
    }

    @Test func `a copy to a bucket with locks leaves it locked`() async throws {
        let bucket = try Bucket(.moto, "locked")
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let endpoint = bucket.settings.endpoint ?? ""
        try playground.edit(
            "- {name: local,",
            "- {name: s3, url: \(bucket.url), endpoint: \(endpoint), every: 1h,"
                + " lock: {mode: governance, for: 2d}}\n  - {name: local,"
        )
        let end = SystemClock().now() + .seconds(2 * 86_400 - 60)
        let copy = try await playground.run(["copy", "--to", "s3"], variables: bucket.variables)
        #expect(copy.code == 0, "\(copy.text)")
        #expect(try await open(bucket, before: end) == [])
        try playground.write("source/letter", "second\n")
        try FileSystem.removeTree(playground.path.appending("state/work"))
        let backup = try await playground.run(["backup"], variables: bucket.variables)
        #expect(backup.code == 0, "\(backup.text)")
        #expect(try await open(bucket, before: end) == [])
    }

    @Test(arguments: Bucket.Server.allCases)
    func `a bucket without locks does not stop a backup silently`(server: Bucket.Server)
        async throws
    {
        let bucket = try Bucket(server)
        let playground = try await initialised(bucket, lock: "{mode: compliance, for: 10d}")
        let backup = try await playground.run(["backup"], variables: bucket.variables)
        switch server {
        case .rclone:
            // It takes the wish for a lock, and forgets it.
            #expect(backup.code == 3, "\(backup.text)")
            #expect(backup.errors.contains("id: E-LOCK-SHORT"))
            #expect(backup.output.contains("2 of 2"))
            let status = try await playground.run(
                ["status", "--json"],
                variables: bucket.variables
            )
            #expect(status.output.contains(#""locked_until":null"#), "\(status.text)")
            let doctor = try await playground.run(["doctor"], variables: bucket.variables)
            #expect(doctor.output.contains("warning: copy s3, lock:"), "\(doctor.text)")
        case .moto:
            #expect(backup.code == 15, "\(backup.text)")
            #expect(backup.errors.contains("id: E-STORE-NOLOCK"))
        }
        #expect(backup.errors.contains("Object Lock"))
    }

    @Test func `whoever overwrites or deletes everything has only hidden it`() async throws {
        let bucket = try Bucket(.moto, "versioned")
        let playground = try await initialised(bucket, lock: nil)
        let run = { (words: [String]) in
            try await playground.run(words, variables: bucket.variables)
        }
        for round in 1...2 {
            try playground.write("source/letter", "round \(round)\n")
            #expect(try await run(["backup"]).code == 0)
        }
        #expect(try await run(["check"]).code == 0)
        let whole = try await bucket.contents()
        // First only packs and snapshots are overwritten: a restore reads what is behind.
        for (name, bytes) in whole where ["packs", "snapshots"].contains(name.labels[0]) {
            try bucket.meddle("PUT", name, [UInt8](repeating: 7, count: bytes.count + 1))
        }
        let restored = try await run(restore + ["out"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(try playground.isWhole("out"))
        #expect(restored.output.contains("it came from an older version there"))
        #expect(restored.output.contains("lifeboat check --copy s3 --repair"))
        let check = try await run(["check"])
        #expect(check.code == 5 && check.output.contains("check --copy s3 --repair"))
        let mended = try await run(["check", "--repair"])
        #expect(mended.code == 0, "\(mended.text)")
        #expect(mended.output.contains("from an older version: it was overwritten or deleted"))
        var now = try await bucket.contents()
        #expect(whole.allSatisfy { now[$0.key] == $0.value })
        // Then everything is deleted, the identity too: the bucket looks empty.
        for name in now.keys { try bucket.meddle("DELETE", name) }
        let empty = try await run(["ls"])
        #expect(empty.code == 10, "\(empty.text)")
        let back = try await run(["check", "--repair"])
        #expect(back.code == 0, "\(back.text)")
        now = try await bucket.contents()
        #expect(whole.allSatisfy { now[$0.key] == $0.value })
        #expect(try await run(["check", "--deep"]).code == 0)
        #expect(try await run(restore + ["again"]).code == 0)
        #expect(try playground.isWhole("again"))
    }
}
