import Model
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Snapshots that somebody takes away, as the person at the command line sees it.
@Suite(.ownThreads) struct RollbackTests {
    /// The snapshots of a component, oldest first.
    private func snapshots(_ playground: Playground, _ component: String) throws -> [FilePath] {
        let folder = playground.vault.appending("snapshots/h1.web.\(component)")
        return try Directory.open(folder).names().map { folder.appending($0) }
    }

    @Test func `a deleted newest snapshot is damage, and the next backup goes on above it`()
        async throws
    {
        let playground = try await Playground.initialised()
        for round in 1...3 {
            try playground.write("source/letter", "round \(round)\n")
            #expect(try await playground.run(["backup"]).code == 0)
        }
        #expect(try await playground.run(["status"]).code == 0)
        let newest = try #require(try snapshots(playground, "files").last)
        try FileSystem.removeTree(newest)
        let status = try await playground.run(["status"])
        #expect(status.code == 5)
        #expect(status.output.contains("unable to find snapshot 3 of 'files' any more"))
        let check = try await playground.run(["check"])
        #expect(check.code == 5)
        #expect(check.output.contains(try #require(newest.lastComponent).string))
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 5, "\(backup.text)")
        #expect(backup.errors.contains("id: E-VAULT-ROLLBACK"))
        #expect(backup.output.contains("2 of 2 components"))
        let after = try snapshots(playground, "files").map { $0.lastComponent?.string.prefix(10) }
        #expect(after == ["0000000001", "0000000002", "0000000004"])
        // What came before the new one is whole again for the host; that a number is missing stays to be seen.
        #expect(try await playground.run(["backup"]).code == 0)
        let restore = ["restore", "web/files", "--to", "out", "--yes"]
        #expect(try await playground.run(restore).code == 0)
        let text = try playground.read(playground.restored("out", "source/letter"))
        #expect(text == "round 3\n")
        let hole = try await playground.run(["check"])
        #expect(hole.code == 5)
        #expect(hole.output.contains("no collection forgot"))
    }

    @Test func `an older state of the whole vault that was put back is noticed`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let copy = Command(
            "cp",
            arguments: ["-a", "vault", "older"],
            workingDirectory: playground.path
        )
        _ = try await copy.runSuccessfully(outputLimit: 1000)
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.remove("vault")
        let folder = try Directory.open(playground.path)
        try folder.rename(try #require(FileName("older")), to: try #require(FileName("vault")))
        #expect(try await playground.run(["status"]).code == 5)
        #expect(try await playground.run(["check", "--depth", "listing"]).code == 5)
        #expect(try await playground.run(["backup"]).code == 5)
        #expect(try snapshots(playground, "files").count == 2)
        #expect(try await playground.run(["backup"]).code == 0)
    }

    /// Writes something else over what this host remembers of each stream in each copy.
    private func damageMemory(_ playground: Playground, count: Int) throws {
        let folder = playground.path.appending("state").appending("work")
        let names = try Directory.open(folder).names().filter {
            $0.description.hasSuffix(".newest")
        }
        #expect(names.count == count)
        for (number, name) in names.enumerated() {
            // One of them is longer than it can be.
            let text = String(repeating: "nonsense\n", count: number == 0 ? 1000 : 1)
            try DurableFile.replace(folder.appending(name), with: Array(text.utf8), mode: 0o600)
        }
    }

    @Test func `a memory that was damaged is said, and stops no backup`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try damageMemory(playground, count: 2)
        let backup = try await playground.run(["backup"])
        #expect(backup.errors.contains("id: E-MEMORY"))
        #expect(backup.output.contains("2 of 2 components"))
        #expect(try await playground.run(["backup"]).code == 0)
        // Whoever looks at the vault writes it anew too, and says it once.
        let fact = "unable to read what this host remembers"
        try damageMemory(playground, count: 2)
        let status = try await playground.run(["status"])
        #expect(status.code == 0 && status.output.contains(fact), "\(status.text)")
        let again = try await playground.run(["status"])
        #expect(again.code == 0 && !again.output.contains(fact), "\(again.text)")
    }

    @Test func `a memory that was damaged stops no restore, of none of the copies`() async throws {
        let playground = try await Playground.withCopies(seed: 81)
        _ = try await playground.run(["backup"])
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        _ = try await playground.run(["status"])
        try damageMemory(playground, count: 4)
        let fact = "unable to read what this host remembers of 'files'"
        let words = ["restore", "web/files", "--yes", "--to"]
        let restored = try await playground.run(words + ["out"])
        #expect(restored.code == 0, "\(restored.text)")
        let notes = restored.output.split(separator: "\n").filter { $0.contains(fact) }
        #expect(notes.count == 2 && notes.allSatisfy { $0.contains("note:") }, "\(restored.text)")
        #expect(try playground.isWhole("out"))
        // What a backup brings up to date is remembered anew in each copy.
        try playground.edit("/b, every: 1d", "/b")
        let backup = try await playground.run(["backup"])
        #expect(backup.errors.contains("id: E-MEMORY"), "\(backup.text)")
        let healthy = try await playground.run(words + ["again"])
        #expect(healthy.code == 0 && !healthy.output.contains(fact), "\(healthy.text)")
    }
}
