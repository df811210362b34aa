import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Several copies of one stack, through the executable.
@Suite(.ownThreads) struct CopiesTests {
    private let restore = ["restore", "web/files", "--yes", "--to"]

    /// Three backups in the first copy, and copy `b` with all of them.
    private func copied(seed: UInt64) async throws -> Playground {
        let playground = try await Playground.withCopies(seed: seed)
        for round in 1...3 {
            try playground.write("source/letter", "round \(round)\n")
            let backup = try await playground.run(["backup"])
            #expect(backup.output.contains("2 of 2 components"), "\(backup.text)")
        }
        let copy = try await playground.run(["copy", "web", "--to", "b"])
        #expect(copy.code == 0, "\(copy.text)")
        return playground
    }

    @Test func `an empty place becomes a copy only when it is named`() async throws {
        let playground = try await Playground.withCopies(seed: 71)
        #expect(try await playground.run(["backup"]).output.contains("2 of 2"))
        let all = try await playground.run(["copy"])
        #expect(all.code == 13, "\(all.text)")
        #expect(all.errors.contains("lifeboat copy --to b"))
        #expect(all.output.contains("usb: not there, as one that is offline may be"))
        #expect(try FileSystem.status(playground.path.appending("b")) == nil)
        // An empty folder is no invitation either.
        try FileSystem.makeDirectories(playground.path.appending("b"), mode: 0o700)
        #expect(try await playground.run(["copy"]).code == 13)
        let dry = try await playground.run(["copy", "--to", "b", "--dry-run"])
        #expect(dry.code == 0 && dry.output.contains("b: would be made at file://"), "\(dry.text)")
        #expect(dry.output.contains("2 snapshots"))
        #expect(try Directory.open(playground.path.appending("b")).names().isEmpty)
        let made = try await playground.run(["copy", "--to", "b"])
        #expect(made.code == 0 && made.output.contains("b: made at file://"), "\(made.text)")
        #expect(made.output.contains("up to date; 2 snapshots"))
        // Now that it is there, the plain verb keeps it up to date.
        try playground.write("source/letter", "changed\n")
        #expect(try await playground.run(["backup"]).output.contains("2 of 2"))
        let again = try await playground.run(["copy"])
        #expect(again.code == 0, "\(again.text)")
        let idle = try await playground.run(["copy", "--json"])
        #expect(idle.code == 0 && idle.output.contains("\"packs\":0"))
        let usb = try await playground.run(["copy", "--to", "usb", "--from", "b"])
        #expect(usb.code == 0, "\(usb.text)")
        #expect(try await playground.run(["check", "--depth", "listing"]).code == 0)
    }

    @Test func `copies are asked for by name, and there must be two`() async throws {
        let playground = try await Playground.withCopies(seed: 72)
        let unknown = try await playground.run(["copy", "--to", "usbb"])
        #expect(unknown.code == 2 && unknown.errors.contains("Did you mean 'usb'?"))
        for words in [
            ["copy", "--to", "b", "--from", "b"], ["copy", "web/files"],
            ["check", "--copy", "nowhere"], ["restore", "--from", "nowhere", "--yes"],
        ] { #expect(try await playground.run(words).code == 2, "\(words)") }
        let alone = try await Playground.initialised()
        let refused = try await alone.run(["copy"])
        #expect(refused.code == 15 && refused.errors.contains("id: E-COPY-ALONE"))
    }

    @Test func `a foreign vault in the place of a copy is left as it is`() async throws {
        let playground = try await copied(seed: 73)
        let other = try await Playground.initialised()
        let place = Command(
            "cp",
            arguments: ["-a", other.vault.string, "usb"],
            workingDirectory: playground.path
        )
        _ = try await place.runSuccessfully(outputLimit: 1000)
        let document = try playground.read("usb/format.json")
        let copy = try await playground.run(["copy", "--to", "usb"])
        #expect(copy.code == 15 && copy.errors.contains("id: E-COPY-FOREIGN"), "\(copy.text)")
        for words in [["check", "--repair"], ["status"]] {
            let ending = try await playground.run(words)
            #expect(ending.code == 5, "\(ending.text)")
        }
        #expect(try playground.read("usb/format.json") == document)
        // The others serve all the same.
        #expect(try await playground.run(restore + ["out"]).code == 0)
        #expect(try playground.isWhole("out"))
    }

    @Test(arguments: [UInt64(74), 75, 76])
    func `damage in one copy is made good from another, and said`(seed: UInt64) async throws {
        let playground = try await copied(seed: seed)
        var random = SeededGenerator(seed: seed)
        for pack in try playground.packs(of: "vault") {
            if random.next() % 3 == 0 {
                try FileSystem.removeTree(pack.path)
            } else {
                try playground.flip(pack.path)
            }
        }
        let restored = try await playground.run(restore + ["out"])
        #expect(restored.code == 0, "seed \(seed): \(restored.text)")
        #expect(try playground.isWhole("out"))
        #expect(restored.output.contains("damage: copy local"), "\(restored.text)")
        #expect(restored.output.contains("lifeboat check --copy local --repair"))
        let alone = try await playground.run(restore + ["bad", "--from", "local"])
        #expect(alone.code == 5, "\(alone.text)")
        let json = try await playground.run(restore + ["json", "--json"])
        #expect(json.output.contains("\"copy_findings\":[{\"copy\":\"local\""))

        let check = try await playground.run(["check", "--copy", "local"])
        #expect(check.code == 5)
        let status = try await playground.run(["status"])
        #expect(status.code == 5 && status.output.contains("damage:"), "\(status.text)")
        let mended = try await playground.run(["check", "--repair"])
        #expect(mended.code == 0, "seed \(seed): \(mended.text)")
        #expect(mended.output.contains("mended: packs/"))
        #expect(mended.output.contains("everything was mended and verified"))
        let after = try await playground.run(["status"])
        #expect(after.code == 0, "\(after.text)")
        #expect(try await playground.run(["check"]).code == 0)
        let local = try await playground.run(restore + ["good", "--from", "local"])
        #expect(local.code == 0, "\(local.text)")
        #expect(try playground.isWhole("good"))
    }

    @Test(arguments: ["vault", "b"])
    func `any single copy that is left brings everything back`(lost: String) async throws {
        let playground = try await copied(seed: 77)
        let (gone, left) = lost == "vault" ? ("local", "b") : ("b", "local")
        try playground.remove(lost)
        let restored = try await playground.run(restore + ["out"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(try playground.isWhole("out"))
        #expect(restored.output.contains("read from copy \(left)"))
        #expect(restored.output.contains("copy \(gone) cannot be used"))
        #expect(try await playground.run(["ls"]).code == 0)
        let status = try await playground.run(["status"])
        #expect(status.code == 13 && status.output.contains("cannot be used"), "\(status.text)")
        #expect(status.output.contains("hint: If its place is empty"), "\(status.text)")
        // An empty folder is a lost copy as well, and no place for a new vault.
        try FileSystem.makeDirectories(playground.path.appending(lost), mode: 0o700)
        let wiped = try await playground.run(["status"])
        #expect(wiped.code == 13 && !wiped.output.contains("lifeboat init"), "\(wiped.text)")
        #expect(wiped.output.contains("copy: lifeboat copy --to \(gone)\n"), "\(wiped.text)")
        #expect(try await playground.run(["check"]).code == 13)
        #expect(try await playground.run(["check", "--copy", left]).code == 0)
        // Lost, it is made anew from the other one.
        let copy = try await playground.run(["copy", "--to", gone])
        #expect(copy.code == 0, "\(copy.text)")
        let check = try await playground.run(["check"])
        #expect(check.code == 0, "\(check.text)")
    }

    @Test func `a copy that lost its format json is mended, an empty place is not filled`()
        async throws
    {
        let playground = try await copied(seed: 78)
        let document = try playground.read("b/format.json")
        try playground.remove("b/format.json")
        #expect(try await playground.run(["check"]).code == 5)
        let mended = try await playground.run(["check", "--copy", "b", "--repair"])
        #expect(mended.code == 0, "\(mended.text)")
        #expect(try playground.read("b/format.json") == document)
        try playground.remove("b")
        try FileSystem.makeDirectories(playground.path.appending("b"), mode: 0o700)
        #expect(try await playground.run(["check", "--copy", "b", "--repair"]).code == 10)
        #expect(try Directory.open(playground.path.appending("b")).names().isEmpty)
    }

    @Test func `status tells how far a copy is behind and what the rule lacks`() async throws {
        let playground = try await copied(seed: 79)
        let even = try await playground.run(["status"])
        #expect(even.code == 0, "\(even.text)")
        #expect(even.output.contains("3-2-1 lacks: the data and every copy are on disks"))
        #expect(even.output.contains("'local' and 'b' are on one file system"))
        let folder = try Directory.open(playground.path)
        let (b, away) = (try #require(FileName("b")), try #require(FileName("away")))
        try folder.rename(b, to: away)
        try playground.write("source/letter", "newer\n")
        #expect(try await playground.run(["backup"]).output.contains("2 of 2"))
        try folder.rename(away, to: b)
        let late = try await playground.run(["status"])
        #expect(late.output.contains("files is 1 snapshot,"), "\(late.text)")
        let restored = try await playground.run(restore + ["out"])
        #expect(restored.code == 0 && !restored.output.contains("damage:"), "\(restored.text)")
        #expect(try playground.isWhole("out"))
        let json = try await playground.run(["status", "--json"])
        #expect(json.output.contains("\"snapshots_behind\":1"))
        try playground.edit("\ncopies:\n", "\nobjectives: {copies: 3-2-1-1-0}\ncopies:\n")
        let missed = try await playground.run(["status"])
        #expect(missed.code == 4, "\(missed.text)")
        #expect(missed.output.contains("no copy was ever verified as a whole"))
        #expect(try await playground.run(["copy"]).code == 0)
        #expect(try await playground.run(["check"]).code == 0)
        let verified = try await playground.run(["status"])
        #expect(!verified.output.contains("verified as a whole"), "\(verified.text)")
    }
}
