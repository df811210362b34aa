import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What `check` and `status` say of a vault that was harmed, and what a backup does about it.
@Suite(.ownThreads) struct VaultHealthTests {
    /// The packs, each with its length, by name.
    private func packs(_ playground: Playground) throws -> [(path: FilePath, bytes: Int64)] {
        var found: [(FilePath, Int64)] = []
        let root = playground.vault.appending("packs")
        for folder in try Directory.open(root).names() {
            for name in try Directory.open(root.appending(folder)).names() {
                let path = root.appending(folder).appending(name)
                guard let status = try FileSystem.status(path) else { continue }
                found.append((path, status.size))
            }
        }
        return found
    }

    private func flip(_ path: FilePath) throws {
        var bytes = try DurableFile.read(path, limit: ByteCount(64 << 20))
        bytes[bytes.count / 2] ^= 1
        try DurableFile.replace(path, with: bytes, mode: 0o600)
    }

    private func fill(_ playground: Playground, seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for number in 0..<3 {
            try DurableFile.replace(
                playground.source.appending("file\(number)"),
                with: random.bytes(400_000),
                mode: 0o600
            )
        }
    }

    @Test func `after a check found damage the next backup heals itself`() async throws {
        let playground = try await Playground.initialised()
        try fill(playground, seed: 41)
        // A file that was changed just now would be read again anyway.
        let wait = Command(
            "touch",
            arguments: ["-d", "1 hour ago", "file0", "file1", "file2"],
            workingDirectory: playground.source
        )
        _ = try await wait.runSuccessfully(outputLimit: 1000)
        #expect(try await playground.run(["backup"]).code == 0)
        let largest = try #require(try packs(playground).max { $0.bytes < $1.bytes })
        try flip(largest.path)
        #expect(try await playground.run(["check"]).code == 5)
        let status = try await playground.run(["status"])
        #expect(status.code == 5)
        #expect(status.output.contains("of its newest snapshot are damaged"))
        #expect(try await playground.run(["backup"]).code == 0)
        let restore = ["restore", "web/files", "--to", "out", "--yes"]
        let restored = try await playground.run(restore)
        #expect(restored.code == 0, "\(restored.text)")
        for number in 0..<3 {
            let original = playground.source.appending("file\(number)")
            let back = playground.path.appending(playground.restored("out", "source/file\(number)"))
            #expect(
                try DurableFile.read(original, limit: ByteCount(1 << 20))
                    == DurableFile.read(back, limit: ByteCount(1 << 20))
            )
        }
        // The old snapshot still needs the damaged pack.
        #expect(try await playground.run(["check"]).code == 5)
    }

    @Test func `status ends with 5 for missing and short packs and a damaged newest snapshot`()
        async throws
    {
        let playground = try await Playground.initialised()
        try fill(playground, seed: 42)
        #expect(try await playground.run(["backup"]).code == 0)
        let pack = try #require(try packs(playground).max { $0.bytes < $1.bytes }).path
        let bytes = try DurableFile.read(pack, limit: ByteCount(64 << 20))
        try DurableFile.replace(pack, with: Array(bytes.dropLast(10)), mode: 0o600)
        let short = try await playground.run(["status", "--json"])
        #expect(short.code == 5 && short.output.contains("are of the wrong size"))
        try FileSystem.removeTree(pack)
        let missing = try await playground.run(["status"])
        #expect(missing.code == 5 && missing.output.contains("are missing"))
        try DurableFile.create(pack, with: bytes, mode: 0o600)
        #expect(try await playground.run(["status"]).code == 0)
        let folder = playground.vault.appending("snapshots/h1.web.files")
        let snapshot = folder.appending(try #require(try Directory.open(folder).names().last))
        let object = try DurableFile.read(snapshot, limit: ByteCount(1 << 20))
        var broken = object
        broken[object.count - 40] ^= 1
        try DurableFile.replace(snapshot, with: broken, mode: 0o600)
        let damaged = try await playground.run(["status"])
        #expect(damaged.code == 5, "\(damaged.text)")
        #expect(damaged.output.contains("not those that its name commits to"))
        // The other component is as it was, and so is the exit code when only that one is asked for.
        #expect(try await playground.run(["status", "web/secrets"]).code == 0)
        try DurableFile.replace(snapshot, with: object, mode: 0o600)
        #expect(try await playground.run(["status"]).code == 0)
    }

    @Test(.timeLimit(.minutes(30)))
    func `pipes, sockets and links in the vault are named and nothing hangs`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let packs = try Directory.open(playground.vault.appending("packs"))
        let first = try packs.child(try #require(try packs.names().first))
        try first.makeNode(try #require(FileName("pipe")), kind: .fifo, mode: 0o600)
        let root = try Directory.open(playground.vault)
        try root.makeNode(try #require(FileName("sock")), kind: .socket, mode: 0o600)
        let check = try await playground.run(["check"])
        #expect(check.code == 5)
        #expect(check.output.contains("pipe: it is a named pipe"))
        #expect(check.output.contains("not ours: sock, a socket"))
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["ls"]).code == 0)
        try first.removeFile(try #require(FileName("pipe")))
        // In the place of an object it is an object that is missing.
        let name = try #require(try first.names().first)
        try first.removeFile(name)
        try first.makeNode(name, kind: .fifo, mode: 0o600)
        let missing = try await playground.run(["check"])
        #expect(missing.code == 5)
        #expect(missing.output.contains("\(name): it is a named pipe"))
    }

    @Test func `a vault that lost its format json says so, and the kit brings it back`()
        async throws
    {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let document = try playground.read("vault/format.json")
        try playground.remove("vault/format.json")
        for verb in ["status", "backup", "check", "ls"] {
            let ending = try await playground.run([verb])
            #expect(ending.code == 5)
            #expect(ending.errors.contains("id: E-VAULT-FORMAT-LOST"))
            #expect(ending.errors.contains("key enrol --kit"))
            #expect(!ending.errors.contains("lifeboat init"))
        }
        let other = try await Playground.initialised()
        let foreign = try await playground.run(["key", "enrol", "--kit", other.kit.string])
        #expect(foreign.code == 12, "\(foreign.text)")
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        #expect(try playground.read("vault/format.json") == document)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check"]).code == 0)
    }

    @Test func `a check with a budget goes on where the last one ended, and status tells how far`()
        async throws
    {
        let playground = try await Playground.initialised()
        try fill(playground, seed: 43)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["status"]).output.contains("never verified"))
        let listing = try await playground.run(["check", "--depth", "listing"])
        #expect(listing.code == 0 && listing.output.contains("names and heads only"))
        var parts = 0
        while true {
            parts += 1
            let ending = try await playground.run(["check", "--budget", "400KiB"])
            #expect(ending.code == 0 && ending.output.contains("goes on from here"))
            let status = try await playground.run(["status"])
            #expect(status.output.contains("verified: "))
            if status.output.contains("all of it since") { break }
            #expect(parts < 20)
            guard parts < 20 else { return }
        }
        #expect(parts >= 2)
        let json = try await playground.run(["status", "--json"])
        #expect(json.output.contains("\"whole_since\":\""))
        #expect(try await playground.run(["check"]).output.contains("no damage"))
        #expect(try await playground.run(["status"]).output.contains("verified: 100 % of"))
        for flags in [
            ["--budget", "much"], ["--budget", "1"], ["--deep", "--budget", "1GiB"],
            ["--deep", "--depth", "hashes"], ["--depth", "abyss"],
        ] {
            #expect(try await playground.run(["check"] + flags).code == 2, "\(flags)")
        }
    }

    @Test func `a machine without keys checks, and remembers nothing`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let id = try playground.read("state/keys/vault")
        try playground.remove("state/keys")
        let check = try await playground.run(["check"])
        #expect(check.code == 0, "\(check.text)")
        #expect(try FileSystem.status(playground.vault.appending("checks")) == nil)
        #expect(!id.isEmpty)
    }
}
