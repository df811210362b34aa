import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A stack whose copies lie in buckets of real servers, through the executable.
@Suite(.ownThreads) struct BucketTests {
    private let restore = ["restore", "web/files", "--yes", "--to"]

    /// A stack that was initialised in a bucket.
    private func initialised(_ bucket: Bucket, seed: UInt64 = 1) async throws -> Playground {
        let playground = try Playground()
        try playground.fill(seed: seed)
        let ending = try await playground.run(
            [
                "init", "web", "--copy", bucket.url, "--files", "source", "--secrets",
                "secret.env", "--state", "state", "--host", "h1", "--kit", "kit.txt",
            ],
            variables: bucket.variables
        )
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
        return playground
    }

    @Test(arguments: Bucket.Server.allCases)
    func `a stack lives in a bucket from init to restore, and in a folder beside it`(
        server: Bucket.Server
    ) async throws {
        let bucket = try Bucket(server)
        let playground = try await initialised(bucket)
        let run = { (words: [String]) in
            try await playground.run(words, variables: bucket.variables)
        }
        #expect(try playground.read("lifeboat.yaml").contains("name: s3, url: \(bucket.url)"))
        for round in 1...3 {
            try playground.write("source/letter", "round \(round)\n")
            let backup = try await run(["backup"])
            #expect(backup.code == 0 && backup.output.contains("2 of 2"), "\(backup.text)")
        }
        #expect(try await run(["ls"]).output.contains("files"))
        let status = try await run(["status"])
        #expect(status.code == 0, "\(status.text)")
        for depth in [["--depth", "listing"], [], ["--deep"]] {
            let check = try await run(["check"] + depth)
            #expect(check.code == 0 && check.output.contains("no damage"), "\(check.text)")
        }
        #expect(try await run(restore + ["out"]).code == 0)
        #expect(try playground.isWhole("out"))

        try playground.edit(
            "- {name: s3, url: \(bucket.url),",
            "- {name: disk, url: file://\(playground.path.string)/disk, every: 1d}\n"
                + "  - {keep: {last: 1}, name: s3, url: \(bucket.url),"
        )
        let copy = try await run(["copy", "--to", "disk"])
        #expect(copy.code == 0 && copy.output.contains("6 snapshots"), "\(copy.text)")
        let plan = try await run(["prune", "--copy", "s3", "--dry-run"])
        #expect(plan.output.contains("dropped: no rule wants it"), "\(plan.text)")
        let prune = try await run(["prune", "--copy", "s3", "--yes"])
        #expect(prune.code == 0 && prune.output.contains("marked: 4 snapshots"), "\(prune.text)")
        let again = try await run(["prune", "--copy", "s3", "--yes"])
        #expect(again.code == 0, "\(again.text)")
        #expect(try await run(["check"]).code == 0)
        #expect(try await run(restore + ["disk-out", "--from", "disk"]).code == 0)
        #expect(try playground.isWhole("disk-out"))
        #expect(try await run(restore + ["s3-out", "--from", "s3"]).code == 0)
        #expect(try playground.isWhole("s3-out"))
    }

    @Test(arguments: Bucket.Server.allCases)
    func `from a folder to a bucket and back every object stays as it is`(server: Bucket.Server)
        async throws
    {
        let bucket = try Bucket(server)
        let playground = try await Playground.initialised()
        try playground.fill(seed: 3)
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.edit(
            "- {name: local,",
            "- {name: s3, url: \(bucket.url), every: 1h}\n  - {name: local,"
        )
        let run = { (words: [String]) in
            try await playground.run(words, variables: bucket.variables)
        }
        let dry = try await run(["copy", "--to", "s3", "--dry-run"])
        #expect(dry.code == 0 && dry.output.contains("2 snapshots"), "\(dry.text)")
        let copy = try await run(["copy", "--to", "s3"])
        #expect(copy.code == 0, "\(copy.text)")
        let contents = try await bucket.contents()
        #expect(contents.count > 8)
        for (name, bytes) in contents {
            let path = playground.vault.pushing(FilePath(name.text))
            let isSame = try DurableFile.read(path, limit: ByteCount(1 << 28)) == bytes
            #expect(isSame, "\(name)")
        }
        // Damage on the disk is mended from the bucket.
        for pack in try playground.packs(of: "vault") { try playground.flip(pack.path) }
        let mended = try await run(["check", "--repair"])
        #expect(mended.code == 0 && mended.output.contains("from copy s3"), "\(mended.text)")
        #expect(try await run(restore + ["out", "--from", "local"]).code == 0)
        #expect(try playground.isWhole("out"))
    }

    @Test(arguments: Bucket.Server.allCases)
    func `a bucket that was copied down opens with python alone, byte for byte`(
        server: Bucket.Server
    ) async throws {
        let bucket = try Bucket(server)
        let playground = try await initialised(bucket, seed: 4)
        let backup = try await playground.run(["backup"], variables: bucket.variables)
        #expect(backup.code == 0, "\(backup.text)")
        let folder = playground.path.appending("down")
        try FileSystem.makeDirectories(folder, mode: 0o700)
        try await bucket.download(to: folder)
        for words in [
            ["verify"], ["list"],
            ["restore", "h1.web.files", "latest", "../python", "--identity", "../kit.txt"],
        ] {
            let python = Command(
                "/usr/bin/python3",
                arguments: ["recover.py", "."] + words,
                workingDirectory: folder
            )
            let result = try await python.run(outputLimit: 1 << 20)
            #expect(result.status == .exited(0), "\(words): \(result.errorText)")
        }
        #expect(
            try await playground.run(restore + ["swift"], variables: bucket.variables).code == 0
        )
        #expect(try playground.isWhole("swift"))
        let difference = Command(
            "diff",
            arguments: ["-r", "swift", "python"],
            workingDirectory: playground.path
        )
        let result = try await difference.run(outputLimit: 1 << 20)
        #expect(result.status == .exited(0), "\(String(decoding: result.output, as: UTF8.self))")
    }

    @Test func `a redis server goes into a bucket and comes back`() async throws {
        let redis = try RedisServer()
        let bucket = try Bucket(.moto)
        let playground = try Playground()
        let run = { (words: [String]) in
            try await playground.run(words, variables: bucket.variables)
        }
        let made = try await run([
            "init", "web", "--copy", bucket.url, "--redis", "unix://\(redis.socketPath)",
            "--state", "state", "--host", "h1", "--kit", "kit.txt",
        ])
        #expect(made.code == 0, "\(made.text)")
        let client = Command("redis-cli", arguments: ["-s", redis.socketPath, "set", "k", "v"])
        _ = try await client.runSuccessfully(outputLimit: 1 << 16)
        let backup = try await run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        let back = try await run(["restore", "web/redis", "--to", "out", "--yes"])
        #expect(back.code == 0, "\(back.text)")
        let found = Command(
            "grep",
            arguments: ["-r", "-l", "k", "out"],
            workingDirectory: playground.path
        )
        #expect(try await found.run(outputLimit: 1 << 16).status == .exited(0))
    }
}
