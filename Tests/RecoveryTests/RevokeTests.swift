import Model
import Recovery
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A host was stolen: what the person at the command line does about it.
@Suite(.ownThreads) struct RevokeTests {
    private static let restore = ["restore", "web/files", "--yes", "--to"]

    /// Two backups, and the folder of what a thief took: keys and configuration.
    private func stolen() async throws -> Playground {
        let playground = try await Playground.initialised()
        for round in 1...2 {
            try playground.write("source/letter", "round \(round)\n")
            #expect(try await playground.run(["backup"]).code == 0)
        }
        for (from, to) in [("state", "stolen"), ("lifeboat.yaml", "stolen.yaml")] {
            let copy = Command(
                "cp",
                arguments: ["-a", from, to],
                workingDirectory: playground.path
            )
            _ = try await copy.runSuccessfully(outputLimit: 1000)
        }
        let text = try playground.read("stolen.yaml")
        #expect(text.contains("\(playground.path.string)/state"))
        try playground.write(
            "stolen.yaml",
            text.replacing(
                "\(playground.path.string)/state",
                with: "\(playground.path.string)/stolen"
            )
        )
        return playground
    }

    /// A backup that the thief signs with what he took, into the vault as it was before the revocation.
    ///
    /// `newest`: the number from which on the owner's snapshots are hidden from him: our program, which he uses, would heed
    /// what they say of his key.
    private func steal(
        _ playground: Playground,
        before newest: Int? = nil,
        rounds: Int = 1
    ) async throws {
        let hosts = playground.vault.appending("hosts/h1")
        let hidden = playground.path.appending("hidden")
        try FileSystem.makeDirectories(hidden, mode: 0o700)
        let names = try Directory.open(hosts).names().filter { $0.description != "000001.json" }
        for name in names {
            try await move(hosts.appending(name), hidden)
        }
        var snapshots: [(from: FilePath, folder: FilePath)] = []
        for stream in try Directory.open(playground.vault.appending("snapshots")).names() {
            let folder = playground.vault.appending("snapshots").appending(stream)
            for name in try Directory.open(folder).names() {
                guard let newest, let number = Int(name.description.prefix(10)), number >= newest
                else { continue }
                try await move(folder.appending(name), hidden)
                snapshots.append((hidden.appending(name), folder))
            }
        }
        try playground.write("source/letter", "the thief was here\n")
        for _ in 0..<rounds {
            let backup = try await playground.run(["backup", "--config", "stolen.yaml"])
            #expect(backup.output.contains("2 of 2 components"), "\(backup.text)")
        }
        for name in names {
            try await move(hidden.appending(name), hosts)
        }
        for snapshot in snapshots { try await move(snapshot.from, snapshot.folder) }
    }

    /// What the thief left is named and is no damage; what is damaged is.
    private func examine(_ playground: Playground) async throws {
        let healthy = try await playground.run(["check", "--deep"])
        #expect(healthy.code == 0 && healthy.output.contains("no damage"), "\(healthy.text)")
        #expect(healthy.output.contains("that the operator revoked"))
        let status = try await playground.run(["status"])
        #expect(status.code == 0, "\(status.text)")
        // What is damaged still is damage.
        let pack = try #require(try playground.packs(of: "vault").first)
        try playground.flip(pack.path)
        #expect(try await playground.run(["check"]).code == 5)
        try playground.flip(pack.path)
        #expect(try await playground.run(["check"]).code == 0)
    }

    @Test
    func `after a revocation only what came before counts, and new keys go on`() async throws {
        let playground = try await stolen()
        let revoke = ["key", "revoke", "h1", "--kit", "kit.txt"]
        let revoked = try await playground.run(revoke)
        #expect(revoked.code == 0, "\(revoked.text)")
        #expect(revoked.output.contains("1 key of host 'h1' is revoked: "))
        #expect(revoked.output.contains("files: trusted up to snapshot 2\n"))
        try await steal(playground)

        let list = try await playground.run(["ls"])
        #expect(list.code == 0, "\(list.text)")
        let marked = list.output.split(separator: "\n").filter { $0.contains("its key is revoked") }
        #expect(marked.count == 2 && marked.allSatisfy { $0.contains(" 3 ") }, "\(list.output)")
        let check = try await playground.run(["check"])
        #expect(
            check.code == 0 && check.output.contains("not trusted: snapshots/h1.web.files/"),
            "\(check.text)"
        )
        let keys = try await playground.run(["key", "list"])
        #expect(
            keys.code == 0 && keys.output.contains("revoked: not trusted since"),
            "\(keys.text)"
        )
        let show = try await playground.run(["key", "show"])
        #expect(show.output.contains("no, the operator revoked its key"))
        let doctor = try await playground.run(["doctor"])
        #expect(doctor.output.contains("the operator revoked the key of host 'h1'"))

        let newest = try await playground.run(Self.restore + ["out"])
        #expect(newest.code == 0, "\(newest.text)")
        #expect(newest.output.contains("note: 1 newer is not trusted: "), "\(newest.text)")
        #expect(try playground.read(playground.restored("out", "source/letter")) == "round 2\n")
        let named = try await playground.run(Self.restore + ["theirs", "--at", "files@3"])
        #expect(named.code == 0 && named.output.contains("not trusted:"), "\(named.text)")
        let letter = playground.restored("theirs", "source/letter")
        #expect(try playground.read(letter) == "the thief was here\n")

        for arguments in [["backup"], ["key", "enrol", "--kit", "kit.txt", "--keep-keys"]] {
            let refused = try await playground.run(arguments)
            #expect(refused.code == 12, "\(refused.text)")
            #expect(refused.errors.contains("id: E-KEYS-REVOKED"))
            #expect(refused.errors.contains("lifeboat key enrol --kit FILE"))
        }
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        try playground.write("source/letter", "round 4\n")
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        try await examine(playground)
        let again = try await playground.run(Self.restore + ["new"])
        #expect(again.code == 0, "\(again.text)")
        #expect(try playground.read(playground.restored("new", "source/letter")) == "round 4\n")
        let state = try await playground.run(["key", "list", "--json"])
        #expect(state.output.contains("\"state\":\"in_force\""))
        #expect(state.output.contains("\"state\":\"revoked\""))
        // The thief is still about: none of it counts, and a kit of paper tells who is who.
        try await steal(playground, before: 4)
        let later = try await playground.run(Self.restore + ["later"])
        #expect(later.code == 0, "\(later.text)")
        #expect(try playground.read(playground.restored("later", "source/letter")) == "round 4\n")
    }

    @Test
    func `what was stored since the theft is not trusted, and takes no other's place`() async throws
    {
        let playground = try await stolen()
        let first = playground.vault.appending("snapshots/h1.web.files")
        let names = try Directory.open(first).names()
        #expect(names.count == 2)
        try await date(playground, "2 days ago", "vault")
        try await steal(playground)
        let revoke = ["key", "revoke", "h1", "--kit", "kit.txt", "--since", "1d ago"]
        let revoked = try await playground.run(revoke)
        #expect(revoked.code == 0, "\(revoked.text)")
        #expect(revoked.output.contains("files: trusted up to snapshot 2, not trusted: 3\n"))
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
        let plan = try await playground.run(["prune", "--dry-run"])
        #expect(plan.code == 0, "\(plan.text)")
        #expect(
            plan.output.contains("a revoked key signed it; it stays and takes no other's place")
        )
        let prune = try await playground.run(["prune", "--accept-losses", "--yes"])
        #expect(prune.code == 0 && prune.output.contains("marked: 2 snapshots"), "\(prune.text)")
        for wrong in [
            ["h2", "--kit", "kit.txt"], ["h1", "--kit", "kit.txt", "--since", "latest"],
        ] {
            #expect(try await playground.run(["key", "revoke"] + wrong).code == 2)
        }
        let vague = try await playground.run(revoke.dropLast() + ["yesterday"])
        #expect(vague.code == 2 && vague.errors.contains("'2d ago'"), "\(vague.text)")
        #expect(!vague.errors.contains("xid:"), "\(vague.text)")
        let short = try await playground.run(["key", "revoke", "h1"])
        #expect(short.code == 2, "\(short.text)")
        #expect(short.errors.contains("`lifeboat key revoke --help`"), "\(short.text)")
    }

    @Test
    func `what somebody copied to another name is marked, and is no damage`() async throws {
        let playground = try await Playground.initialised()
        for _ in 0..<2 { #expect(try await playground.run(["backup"]).code == 0) }
        let folder = playground.vault.appending("snapshots/h1.web.files")
        let first = try #require(try Directory.open(folder).names().map(\.description).min())
        let name = "0000000009-\(first.suffix(16))"
        let bytes = try DurableFile.read(folder.appending(first), limit: ByteCount(1 << 20))
        try DurableFile.create(folder.appending(name), with: bytes, mode: 0o600)
        let fact = "unable to trust object 'snapshots/h1.web.files/\(name)'"
        for words in [["ls"], ["check"]] {
            let ending = try await playground.run(words)
            #expect(ending.code == 0, "\(ending.text)")
            #expect(ending.output.contains(fact), "\(ending.text)")
            #expect(ending.output.contains("not trusted: "), "\(ending.text)")
            #expect(ending.output.contains("under another name"), "\(ending.text)")
            #expect(ending.output.contains("can be deleted by hand"), "\(ending.text)")
        }
        let list = try await playground.run(["ls", "--json"])
        #expect(list.output.contains("\"trusted\":true"), "\(list.output)")
        #expect(list.output.contains("\"out_of_place\":false"), "\(list.output)")
        #expect(list.output.contains("\"misplaced\":[\"unable to trust object"), "\(list.output)")
        for words in [["status"], ["prune", "--yes"], ["backup"], Self.restore + ["out"]] {
            let ending = try await playground.run(words)
            #expect(ending.code == 0, "\(ending.text)")
        }
        #expect(
            try Directory.open(folder).names().contains { $0.description.hasPrefix("0000000003-") }
        )
        try FileSystem.removeFile(folder.appending(name))
        let check = try await playground.run(["check"])
        #expect(check.code == 0 && !check.output.contains("not trusted"), "\(check.text)")
    }

    @Test
    func `documents of hosts that are deleted are missed by status and backup`() async throws {
        let playground = try await stolen()
        for arguments in [
            ["key", "revoke", "h1", "--kit", "kit.txt"], ["key", "enrol", "--kit", "kit.txt"],
            ["backup"], ["status"],
        ] {
            let ending = try await playground.run(arguments)
            #expect(ending.code == 0, "\(ending.text)")
        }
        // The thief's snapshots are above the owner's, and nothing under `hosts/` speaks against them.
        try await steal(playground, before: 3, rounds: 2)
        let hosts = playground.vault.appending("hosts/h1")
        for name in try Directory.open(hosts).names() where name.description != "000001.json" {
            try FileSystem.removeFile(hosts.appending(name))
        }
        let status = try await playground.run(["status"])
        #expect(status.code == 5, "\(status.text)")
        #expect(status.text.contains("hosts/h1/000002.json"), "\(status.text)")
        #expect(status.text.contains("not trusted: a revoked key signed"), "\(status.text)")
        let refused = try await playground.run(["backup"])
        #expect(refused.code == 12, "\(refused.text)")
        #expect(refused.errors.contains("hosts/h1/000002.json"), "\(refused.text)")
        #expect(refused.errors.contains("lifeboat check --repair"), "\(refused.text)")
        let repair = try await playground.run(["check", "--repair"])
        #expect(try FileSystem.status(hosts.appending("000002.json")) != nil, "\(repair.text)")
        for arguments in [["check"], ["backup"], ["status"]] {
            let ending = try await playground.run(arguments)
            #expect(ending.code == 0, "\(ending.text)")
        }
    }

    @Test
    func `copies get nothing of it, and one that was away is told`() async throws {
        let playground = try await Playground.withCopies(seed: 7)
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        try await backUp(playground)
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        let folder = try Directory.open(playground.path)
        let (b, away) = (try #require(FileName("b")), try #require(FileName("away")))
        try folder.rename(b, to: away)
        let revoke = ["key", "revoke", "h1", "--kit", "kit.txt"]
        let revoked = try await playground.run(revoke)
        #expect(revoked.code == 3, "\(revoked.text)")
        #expect(revoked.output.contains("A copy does not know of it yet"))
        #expect(revoked.output.contains("the host needs new keys"))
        try folder.rename(away, to: b)
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        let again = try await playground.run(revoke + ["--again"])
        #expect(again.code == 0, "\(again.text)")
        // The host has new keys already.
        #expect(!again.output.contains("the host needs new keys"), "\(again.text)")
        try await backUp(playground)
        let copied = try await playground.run(["copy", "--to", "b"])
        #expect(copied.code == 0, "\(copied.text)")
        let host = playground.path.appending("b/hosts/h1")
        let documents = try Directory.open(host).names().map(\.description)
        #expect(documents.count { $0.hasPrefix("revoked-") } == 2, "\(documents)")
        #expect(documents.contains("000002.json"))
        #expect(try await playground.run(["check", "--copy", "b"]).code == 0)
    }

    @Test
    func `a copy that the thief could date back is not asked`() async throws {
        let playground = try await Playground.withCopies(seed: 8)
        try await backUp(playground)
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        try await date(playground, "2 days ago", "vault", "b")
        try await backUp(playground)
        try await date(playground, "3 days ago", "vault")
        let revoke = ["key", "revoke", "h1", "--kit", "kit.txt", "--since", "1d ago"]
        #expect(try await playground.run(revoke + ["--copy", "nowhere"]).code == 2)
        let revoked = try await playground.run(revoke + ["--copy", "b"])
        #expect(
            revoked.output.contains("files: trusted up to snapshot 1, not trusted: 2\n"),
            "\(revoked.text)"
        )
    }

    @Test
    func `a restore from one copy heeds what another knows`() async throws {
        let playground = try await Playground.withCopies(seed: 9)
        try await backUp(playground)
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        try await date(playground, "2 days ago", "vault", "b")
        try await backUp(playground)
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        let folder = try Directory.open(playground.path)
        let (b, away) = (try #require(FileName("b")), try #require(FileName("away")))
        try folder.rename(b, to: away)
        let revoke = ["key", "revoke", "h1", "--kit", "kit.txt", "--since", "1d ago"]
        #expect(try await playground.run(revoke).code == 3)
        try folder.rename(away, to: b)
        let restored = try await playground.run(Self.restore + ["out", "--from", "b"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(restored.text.contains("from snapshot 1 "), "\(restored.text)")
    }

    private func date(_ playground: Playground, _ moment: String, _ folders: String...) async throws
    {
        _ = try await Command(
            "find",
            arguments: folders + ["-type", "f", "-exec", "touch", "-d", moment, "{}", "+"],
            workingDirectory: playground.path
        ).runSuccessfully(outputLimit: 1000)
    }

    private func move(_ path: FilePath, _ folder: FilePath) async throws {
        _ = try await Command("mv", arguments: [path.string, folder.string])
            .runSuccessfully(outputLimit: 1000)
    }

    /// A backup of which not every copy has something yet.
    private func backUp(_ playground: Playground) async throws {
        let backup = try await playground.run(["backup"])
        #expect(backup.output.contains("2 of 2 components"), "\(backup.text)")
    }
}
