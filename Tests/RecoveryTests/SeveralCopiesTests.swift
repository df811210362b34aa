import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Backups to two and three copies, one of which is away, broken or not yet its turn.
@Suite(.ownThreads) struct SeveralCopiesTests {
    private func initialised(_ copies: [String] = ["vault", "second"]) async throws -> Playground {
        let playground = try Playground()
        let flags = copies.flatMap { ["--copy", $0] }
        let ending = try await playground.run(
            ["init", "web"] + flags + [
                "--files", "source", "--secrets", "secret.env", "--state", "state", "--host", "h1",
                "--kit", "kit.txt",
            ]
        )
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
        return playground
    }

    private func rename(_ old: String, _ new: String, _ playground: Playground) throws {
        try Directory.open(playground.path).rename(
            try #require(FileName(old)),
            to: try #require(FileName(new))
        )
    }

    private func snapshots(_ playground: Playground, _ copy: String) throws -> [String] {
        let folder = playground.path.appending("\(copy)/snapshots/h1.web.files")
        guard try FileSystem.status(folder) != nil else { return [] }
        return try Directory.open(folder).names().map(\.description)
    }

    /// Whether a copy alone brings the newest state back, with the configuration naming no other.
    private func restores(
        _ playground: Playground,
        _ copy: String,
        others: [String],
        to place: String
    ) async throws -> String {
        for other in others { try rename(other, "\(other).away", playground) }
        let text = try playground.read("lifeboat.yaml")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // The copy under test stands first, as if the others had never been.
        let alone = try rewritten(lines.map(String.init), keeping: copy)
        try playground.write("alone.yaml", alone)
        let ending = try await playground.run([
            "--config", "alone.yaml", "restore", "web/files", "--to", place, "--yes",
        ])
        for other in others { try rename("\(other).away", other, playground) }
        guard ending.code == 0 else { return ending.text }
        return try playground.read(playground.restored(place, "source/letter"))
    }

    /// The configuration with one copy.
    private func rewritten(_ lines: [String], keeping copy: String) throws -> String {
        let start = try #require(lines.firstIndex { $0.hasPrefix("copies:") })
        let rest = lines[(start + 1)...]
        let end = rest.firstIndex { !$0.hasPrefix(" ") && !$0.isEmpty } ?? lines.endIndex
        let line = try #require(lines.first { $0.contains("url:") && $0.hasSuffix("/\(copy)}") })
        let one = ["copies:", line]
        return (lines[..<start] + one + lines[end...]).joined(separator: "\n")
    }

    @Test func `every copy holds everything, and each alone restores`() async throws {
        let playground = try await initialised(["vault", "second", "third"])
        for round in 1...2 {
            try playground.write("source/letter", "round \(round)\n")
            let backup = try await playground.run(["backup"])
            #expect(backup.code == 0, "\(backup.text)")
            #expect(backup.output.contains("up to date"))
        }
        let copies = ["vault", "second", "third"]
        for copy in copies {
            #expect(try snapshots(playground, copy) == snapshots(playground, "vault"))
            let others = copies.filter { $0 != copy }
            let text = try await restores(playground, copy, others: others, to: "out-\(copy)")
            #expect(text == "round 2\n", "\(copy): \(text)")
        }
    }

    @Test func `an absent second copy ends with 3, holds nothing up, and catches up`() async throws
    {
        let playground = try await initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try rename("second", "away", playground)
        try playground.write("source/letter", "while away\n")
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 3, "\(backup.text)")
        #expect(backup.output.contains("behind") && backup.output.contains("2 of 2 components"))
        let json = try await playground.run(["backup", "--json"])
        #expect(json.code == 3)
        #expect(json.output.contains(#""state":"behind""#), "\(json.output)")
        #expect(
            try FileSystem.status(playground.path.appending("second")) == nil,
            "no vault is made by itself"
        )
        try rename("away", "second", playground)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try snapshots(playground, "second").count == 4)
        #expect(try snapshots(playground, "second") == snapshots(playground, "vault"))
    }

    @Test func `an empty mount point is no copy, and nothing is written there`() async throws {
        let playground = try await initialised()
        try rename("second", "away", playground)
        let empty = playground.path.appending("second")
        try FileSystem.makeDirectories(empty, mode: 0o700)
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 3, "\(backup.text)")
        #expect(try Directory.open(empty).names().isEmpty)
    }

    @Test func `without the first copy the backup goes to the next, and both become one story`()
        async throws
    {
        let playground = try await initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        // The second copy takes one alone, then the first one is back.
        try rename("vault", "away", playground)
        try playground.write("source/letter", "in the second\n")
        let alone = try await playground.run(["backup"])
        #expect(alone.code == 3, "\(alone.text)")
        #expect(try snapshots(playground, "second").count == 2)
        try rename("away", "vault", playground)
        let back = try await playground.run(["backup"])
        #expect(back.code == 0, "\(back.text)")
        #expect(try snapshots(playground, "vault") == snapshots(playground, "second"))
        #expect(try snapshots(playground, "vault").count == 3)
        #expect(try await playground.run(["check", "--depth", "hashes"]).code == 0)
        let text = try await restores(playground, "vault", others: ["second"], to: "out")
        #expect(text == "in the second\n")
    }

    @Test func `a copy that reads but does not take writes is passed over`() async throws {
        let playground = try await initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        // A file where packs belong refuses every writer, root too.
        let packs = playground.path.appending("vault/packs")
        try FileSystem.removeTree(packs)
        try DurableFile.create(packs, with: [1], mode: 0o600)
        try playground.write("source/letter", "passed over\n")
        let backup = try await playground.run(["backup"])
        #expect(backup.code != 0)
        #expect(try snapshots(playground, "second").count == 2, "\(backup.text)")
        let text = try await restores(playground, "second", others: ["vault"], to: "out")
        #expect(text == "passed over\n")
    }

    @Test func `a copy with every waits for its turn, and is missed only then`() async throws {
        let playground = try await initialised()
        try playground.edit("name: local-2", "name: usb, every: 7d, offline: true")
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try snapshots(playground, "second").count == 1)
        try rename("second", "away", playground)
        let waits = try await playground.run(["backup"])
        #expect(waits.code == 0, "\(waits.text)")
        #expect(waits.output.contains("its turn comes"))
        let inTime = try await playground.run(["status"])
        #expect(inTime.code == 0 && !inTime.output.contains("overdue"), "\(inTime.text)")
        for name in try Directory.open(playground.path.appending("state/work")).names()
        where name.description.hasSuffix(".current") {
            let path = playground.path.appending("state/work").appending(name)
            let text = String(
                decoding: try DurableFile.read(path, limit: ByteCount(4096)),
                as: UTF8.self
            )
            let id = text.split(separator: " ")[0]
            try DurableFile.replace(
                path,
                with: Array("\(id) 2020-01-01T00:00:00Z\n".utf8),
                mode: 0o600
            )
        }
        #expect(try await playground.run(["backup"]).code == 3)
        let late = try await playground.run(["status"])
        #expect(late.code == 4 && late.output.contains("its turn is overdue"), "\(late.text)")
        #expect(try await playground.run(["doctor"]).output.contains("lifeboat copy --to usb"))
        try rename("away", "second", playground)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try snapshots(playground, "second") == snapshots(playground, "vault"))
    }

    @Test func `new keys are told to every copy that is there`() async throws {
        let playground = try await initialised()
        let enrol = try await playground.run(["key", "enrol", "--kit", "kit.txt"])
        #expect(enrol.code == 0, "\(enrol.text)")
        for copy in ["vault", "second"] {
            let hosts = playground.path.appending("\(copy)/hosts/h1")
            #expect(try Directory.open(hosts).names().count == 2)
        }
        try rename("vault", "away", playground)
        let again = try await playground.run(["key", "enrol", "--kit", "kit.txt"])
        #expect(again.code == 0 && again.output.contains("gets to know of it later"))
        try rename("away", "vault", playground)
        #expect(try await playground.run(["backup"]).code == 0)
        let hosts = playground.path.appending("vault/hosts/h1")
        #expect(try Directory.open(hosts).names().count == 3)
    }

    @Test func `two enrolments of one number are named, and one more mends it`() async throws {
        let playground = try await initialised()
        let enrol = ["key", "enrol", "--kit", "kit.txt"]
        for (away, place) in [("second", "second-away"), ("vault", "vault-away")] {
            try rename(away, place, playground)
            let enrolled = try await playground.run(enrol)
            #expect(enrolled.code == 0, "\(enrolled.text)")
            try rename(place, away, playground)
        }
        let hosts = ["vault", "second"].map { "\($0)/hosts/h1/000002.json" }
        #expect(try playground.read(hosts[0]) != playground.read(hosts[1]))
        let status = try await playground.run(["status"])
        #expect(status.text.contains("two enrolments of one number"), "\(status.text)")
        #expect(status.text.contains("lifeboat key enrol --kit FILE"), "\(status.text)")
        let doctor = try await playground.run(["doctor"])
        #expect(doctor.code == 12, "\(doctor.text)")
        #expect(doctor.text.contains("two enrolments of one number"), "\(doctor.text)")
        #expect(try await playground.run(enrol).code == 0)
        let newest = ["vault", "second"].map { "\($0)/hosts/h1/000003.json" }
        #expect(try playground.read(newest[0]) == playground.read(newest[1]))
        #expect(try await playground.run(["backup"]).code == 0)
        for words in [["status"], ["doctor"]] {
            let ending = try await playground.run(words)
            #expect(!ending.text.contains("two enrolments of one number"), "\(ending.text)")
        }
        let check = try await playground.run(["check"])
        #expect(check.code == 0, "\(check.text)")
    }

    @Test func `init refuses when one of the places is not empty, and makes nothing`() async throws
    {
        let playground = try Playground()
        try FileSystem.makeDirectories(playground.path.appending("second/other"), mode: 0o755)
        let ending = try await playground.run([
            "init", "web", "--copy", "vault", "--copy", "second", "--files", "source", "--state",
            "state", "--host", "h1", "--kit", "kit.txt",
        ])
        #expect(ending.code == 15, "\(ending.text)")
        #expect(try FileSystem.status(playground.vault) == nil)
        #expect(try FileSystem.status(playground.kit) == nil)
    }
}
