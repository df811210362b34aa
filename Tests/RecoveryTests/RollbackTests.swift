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

    @Test func `a memory that was damaged is said, and stops no backup`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let folder = playground.path.appending("state").appending("work")
        let names = try Directory.open(folder).names().filter {
            $0.description.hasSuffix(".newest")
        }
        #expect(names.count == 2)
        for name in names {
            try DurableFile.replace(
                folder.appending(name),
                with: Array("nonsense\n".utf8),
                mode: 0o600
            )
        }
        let status = try await playground.run(["status"])
        #expect(
            status.code == 0 && status.output.contains("unable to read what this host remembers")
        )
        let backup = try await playground.run(["backup"])
        #expect(backup.errors.contains("id: E-MEMORY"))
        #expect(backup.output.contains("2 of 2 components"))
        #expect(try await playground.run(["backup"]).code == 0)
    }
}
