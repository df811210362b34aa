import Model
import Recovery
import Sealing
import StackConfiguration
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The recovery kit through the real executable: passphrases, the printed page, tests and their memory.
@Suite(.ownThreads) struct KeyKitTests {
    private static let words = "gannet lantern 47 oar"
    private static let protected = ["--new-passphrase-file", "words"]
    private static let opening = ["--passphrase-file", "words"]

    /// A stack whose kit is sealed, after a backup.
    private func sealed() async throws -> Playground {
        let playground = try Playground()
        try playground.write("words", Self.words + "\n")
        try playground.write("wrong", "gannet lantern 48 oar\n")
        let made = try await playground.initialise(Self.protected + ["--write-only"])
        guard made.code == 0 else { throw Fault(.failedTest, made.text) }
        #expect(!made.text.contains("AGE-SECRET-KEY") && !made.text.contains(Self.words))
        #expect(try await playground.run(["backup"]).code == 0)
        return playground
    }

    @Test
    func `a sealed kit restores with its passphrase and with no other`() async throws {
        let playground = try await sealed()
        #expect(try await playground.run(["--config", "kit.txt", "ls"]).code == 0)
        let restore = ["restore", "--identity", "kit.txt", "--to", "out", "--yes"]
        let nobody = try await playground.run(restore)
        #expect(nobody.code == 12 && nobody.errors.contains("E-PASSPHRASE-NONE"), "\(nobody.text)")
        let wrong = try await playground.run(restore + ["--passphrase-file", "wrong"])
        #expect(wrong.code == 12 && wrong.errors.contains("E-KEY-WRONG"), "\(wrong.text)")
        #expect(!wrong.text.contains("lantern"))
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)
        #expect(try await playground.run(restore + Self.opening).code == 0)
        let letter = playground.restored("out/files", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
        let secret = playground.restored("out/secrets", "secret.env")
        #expect(try playground.read(secret) == Playground.secret)
        let check = ["check", "--deep", "--identity", "kit.txt"] + Self.opening
        #expect(try await playground.run(check).code == 0)
        let enrol = ["key", "enrol", "--kit", "kit.txt", "--write-only"]
        #expect(try await playground.run(enrol + ["--passphrase-file", "wrong"]).code == 12)
        #expect(try await playground.run(enrol + Self.opening).code == 0)
    }

    @Test
    func `a passphrase that others can read, or that is short, is not taken`() async throws {
        let playground = try Playground()
        try playground.write("words", "short\n")
        let short = try await playground.initialise(Self.protected)
        #expect(short.code == 2 && short.errors.contains("E-KEY-FORM"), "\(short.text)")
        let words = Array(Self.words.utf8)
        try DurableFile.replace(playground.path.appending("words"), with: words, mode: 0o644)
        let exposed = try await playground.initialise(Self.protected)
        #expect(exposed.errors.contains("E-SECRET-EXPOSED"), "\(exposed.text)")
        #expect(try FileSystem.status(playground.kit) == nil)
        let nobody = try await playground.initialise(["--passphrase"])
        #expect(nobody.code == 12 && nobody.errors.contains("E-PASSPHRASE-NONE"))
    }

    @Test
    func `while the first copy is away the keys and the kit are looked at in another`() async throws
    {
        let playground = try await Playground.withCopies(seed: 91)
        let backup = try await playground.run(["backup"])
        #expect(backup.output.contains("2 of 2 components"), "\(backup.text)")
        #expect(try await playground.run(["copy", "--to", "b"]).code == 0)
        let folder = try Directory.open(playground.path)
        let (vault, away) = (try #require(FileName("vault")), try #require(FileName("away")))
        try folder.rename(vault, to: away)

        let show = try await playground.run(["key", "show"])
        #expect(show.code == 0 && show.output.contains("yes, since"), "\(show.text)")
        #expect(show.output.contains("read at:            file://\(playground.path.string)/b\n"))
        #expect(show.errors.contains("local"), "\(show.text)")
        let test = try await playground.run(["key", "kit", "--test", "kit.txt"])
        #expect(test.code == 0, "\(test.text)")
        #expect(test.output.contains("files: opens snapshot 1"))
        #expect(test.output.contains("The vault remembers this test."))
        let kits = try Directory.open(playground.path.appending("b/kits")).names()
        #expect(kits.count == 1)
        let written = try await playground.run(
            ["key", "kit", "--kit", "kit.txt", "--to", "new.txt"]
        )
        #expect(written.code == 0, "\(written.text)")

        try folder.rename(away, to: vault)
        let status = try await playground.run(["status", "--json"])
        #expect(!status.output.contains(#""kit_tested":null"#), "\(status.text)")
    }

    @Test
    func `a passphrase is typed at a terminal and not shown`() async throws {
        let playground = try Playground()
        let initialise = [
            "init", "web", "--copy", "vault", "--files", "source", "--state", "state", "--host",
            "h1", "--kit", "kit.txt", "--passphrase",
        ]
        let type = { (arguments: [String], answers: [TypedProgram.Answer]) in
            try await TypedProgram.run(
                Program.path,
                arguments,
                in: playground.path,
                answers: answers
            )
        }
        let other = try await type(
            initialise,
            [("New passphrase:", Self.words), ("same again:", Self.words + "s")]
        )
        #expect(other.code == 2 && other.screen.contains("not the same"), "\(other.screen)")
        #expect(try FileSystem.status(playground.kit) == nil)
        let made = try await type(
            initialise,
            [("New passphrase:", Self.words), ("same again:", Self.words)]
        )
        #expect(made.code == 0, "\(made.screen)")
        #expect(try await playground.run(["backup"]).code == 0)
        let restored = try await type(
            ["restore", "web/files", "--identity", "kit.txt", "--to", "out"],
            [("Passphrase of", Self.words), ("to continue:", "web")]
        )
        #expect(restored.code == 0, "\(restored.screen)")
        for screen in [other.screen, made.screen, restored.screen] {
            #expect(!screen.contains(Self.words))
        }
        #expect(restored.screen.contains("web"), "the echo is on again")
        let letter = playground.restored("out", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
    }

    @Test
    func `stock age opens secrets with a sealed kit as the kit says`() async throws {
        let playground = try await sealed()
        let done = try await playground.run(
            ["restore", "web/secrets", "--sealed", "--to", "out", "--yes", "--identity", "kit.txt"]
                + Self.opening
        )
        #expect(done.code == 0, "\(done.text)")
        let extract = "sed -n '/^-----BEGIN AGE/,/^-----END AGE/p' "
        #expect(try playground.read("kit.txt").contains(extract + "THIS-FILE"))
        let keys = try await Command(
            "/bin/sh",
            arguments: ["-c", extract + "\"$0\"", "kit.txt"],
            workingDirectory: playground.path
        ).runSuccessfully(outputLimit: 1 << 20)
        let file = playground.path.appending("keys.age")
        try DurableFile.create(file, with: keys, mode: 0o600)
        let sealed = try DurableFile.read(
            playground.path.appending(playground.restored("out", "secret.env.age")),
            limit: ByteCount(1 << 20)
        )
        let opened = try await ExternalAge().open(
            sealed,
            identityFile: file,
            passphrase: Self.words
        )
        #expect(opened == Array(Playground.secret.utf8))
    }

    @Test
    func `identities that age itself sealed are read`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.write("words", Self.words)
        let identity = try playground.read("state/keys/data.identity")
        for isArmoured in [false, true] {
            let file = try await ExternalAge().seal(
                Array(identity.utf8),
                passphrase: Self.words,
                isArmoured: isArmoured
            )
            try DurableFile.replace(playground.path.appending("key"), with: file, mode: 0o600)
            let done = try await playground.run(
                ["restore", "web/files", "--identity", "key", "--to", "out-\(isArmoured)", "--yes"]
                    + Self.opening
            )
            #expect(done.code == 0, "\(done.text)")
        }
        // So does the identity that the configuration refers to.
        try playground.edit("/state/keys/data.identity", "/key")
        #expect(try await playground.run(["check", "--deep"]).code == 12)
        #expect(try await playground.run(["check", "--deep"] + Self.opening).code == 0)
    }

    @Test
    func `a kit is written anew as text and as a page, for its owner only`() async throws {
        let playground = try await sealed()
        let kit = ["key", "kit", "web", "--kit", "kit.txt"]
        let page = try await playground.run(kit + ["--html", "--to", "kit.html"])
        #expect(page.code == 0, "\(page.text)")
        #expect(!page.text.contains("AGE-SECRET-KEY"))
        let status = try FileSystem.status(playground.path.appending("kit.html"))
        #expect(status?.mode == 0o600)
        // The page serves as the kit.
        let test = ["key", "kit", "--test", "kit.html"] + Self.opening
        #expect(try await playground.run(test).code == 0)
        // Without a passphrase, then with another one, from a page and from a text.
        let open = kit + ["--no-passphrase", "--to", "open.txt"]
        #expect(try await playground.run(open).code == 12)
        #expect(try await playground.run(open + Self.opening).code == 0)
        #expect(try playground.read("open.txt").contains("AGE-SECRET-KEY-1"))
        try playground.write("other words", "another passphrase")
        let again = try await playground.run(
            [
                "key", "kit", "--kit", "kit.html", "--to", "again.txt", "--new-passphrase-file",
                "other words",
            ] + Self.opening
        )
        #expect(again.code == 0, "\(again.text)")
        let renewed = ["key", "kit", "--test", "again.txt", "--passphrase-file", "other words"]
        #expect(try await playground.run(renewed).code == 0)
        let plain = try await playground.run(kit)
        #expect(plain.code == 0)
        #expect(try FileSystem.status(playground.path.appending("web-recovery-kit.txt")) != nil)
    }

    @Test
    func `a kit is not written where others can reach it`() async throws {
        let playground = try await Playground.initialised()
        let kit = ["key", "kit", "--kit", "kit.txt", "--to"]
        try FileSystem.makeDirectories(playground.path.appending("open"), mode: 0o700)
        _ = try await Command(
            "chmod",
            arguments: ["1777", playground.path.appending("open").string]
        )
        .runSuccessfully(outputLimit: 10)
        for (place, code) in [
            ("open/kit.txt", "E-KIT-PLACE"), ("vault/kit.txt", "E-KIT-PLACE"),
            ("vault/packs/../kit.txt", "E-KIT-PLACE"), ("kit.txt", "E-IO-EXISTS"),
        ] {
            let ending = try await playground.run(kit + [place])
            #expect(ending.errors.contains(code), "\(ending.text)")
            #expect(ending.code != 0)
        }
        #expect(try FileSystem.status(playground.path.appending("open/kit.txt")) == nil)
        #expect(try FileSystem.status(playground.vault.appending("kit.txt")) == nil)
        let other = try await Playground.initialised()
        let foreign = try await playground.run(kit + ["new.txt"])
        #expect(foreign.code == 0)
        let theirs = ["key", "kit", "--kit", other.kit.string, "--to", "theirs.txt"]
        #expect(try await playground.run(theirs).errors.contains("E-KIT-FOREIGN"))
        for wrong in [["key", "kit"], ["key", "kit", "--test", "kit.txt", "--html"]] {
            #expect(try await playground.run(wrong).code == 2)
        }
    }

    @Test
    func `a test of the kit is remembered in the vault and in the state`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup", "web/files"]).code == 0)
        #expect(try await playground.run(["status"]).output.contains("kit: never tested"))
        let part = try await playground.run(["key", "kit", "--test", "kit.txt"])
        #expect(part.code == 3 && part.output.contains("secrets: has no snapshot"), "\(part.text)")
        #expect(try await playground.run(["backup"]).code == 0)
        let test = try await playground.run(["key", "kit", "--test", "kit.txt", "--json"])
        #expect(test.code == 0 && test.output.contains("\"in_vault\":true"), "\(test.text)")
        #expect(test.output.contains("deep/noise") && test.output.contains("secret.env"))
        #expect(try await playground.run(["check"]).code == 0)
        for lost in ["state/kit-test.json", "vault/kits"] {
            #expect(try await playground.run(["status"]).output.contains("kit: tested"))
            try playground.remove(lost)
        }
        #expect(try await playground.run(["status"]).output.contains("kit: never tested"))
        // A machine that only has the kit tests it too, and remembers it alone.
        try playground.remove("state")
        let kit = ["--config", "kit.txt", "key", "kit", "--test", "kit.txt", "--json"]
        let elsewhere = try await playground.run(kit)
        #expect(elsewhere.code == 0 && elsewhere.output.contains("\"in_vault\":false"))
        #expect(try await playground.run(["status"]).output.contains("kit: tested"))
    }

    @Test
    func `secrets that are sealed to another key than the kit's are a problem`() async throws {
        let playground = try await Playground.initialised()
        let test = ["key", "kit", "--test", "kit.txt"]
        let fact = "unable to tell whether the recovery kit opens 'secrets'"
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(test).code == 0)
        #expect(!(try await playground.run(["status"]).output.contains(fact)))
        #expect(!(try await playground.run(["doctor"]).output.contains(fact)))
        // Somebody pastes the wrong one.
        let keys = try RecoveryKit(reading: playground.kit).openKeys(.none)
        let right = keys.secretsIdentity.recipient.text
        let wrong = KitKeys().secretsIdentity.recipient.text
        try playground.edit("[\(right)]", "[\(wrong)]")
        #expect(try await playground.run(["backup"]).code == 0)
        let status = try await playground.run(["status"])
        #expect(status.output.contains("problem: \(fact)"), "\(status.text)")
        #expect(status.output.contains(wrong))
        let doctor = try await playground.run(["doctor"])
        #expect(doctor.output.contains("warning: recovery kit: \(fact)"), "\(doctor.text)")
        let failed = try await playground.run(test)
        #expect(failed.code == 12 && failed.errors.contains("id: E-KEY-WRONG"), "\(failed.text)")
        // One of several is enough.
        try playground.edit("[\(wrong)]", "[\(wrong), \(right)]")
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(test).code == 0)
        #expect(!(try await playground.run(["status"]).output.contains(fact)))
    }

    @Test
    func `status tells when the next test of the kit is due`() async throws {
        let playground = try await Playground.initialised()
        #expect(try playground.read("lifeboat.yaml").contains("kit_tested_within: 180d"))
        #expect(try await playground.run(["backup"]).code == 0)
        let standing = { (days: Int64) in
            let decoded = try StackConfiguration.decode(
                try playground.read("lifeboat.yaml"),
                file: "lifeboat.yaml",
                environment: [:],
                machine: "h1"
            )
            let clock = FixedClock(SystemClock().now() + .seconds(days * 86_400))
            return try await StatusReport.read(
                Stack(decoded.configuration, variables: [:], clock: clock)
            )
        }
        #expect(try await standing(179).exit == .success)
        #expect(try await standing(181).exit == .objectiveMissed)
        #expect(try await standing(181).kit.tested == nil)
        #expect(try await playground.run(["key", "kit", "--test", "kit.txt"]).code == 0)
        #expect(try await standing(179).exit == .success)
        #expect(try await standing(181).kit.isOverdue)
        #expect(try await standing(181).kit.tested != nil)
        // A test that the clock of then calls future is none.
        #expect(try await standing(-1).kit.tested == nil)
        try playground.edit("kit_tested_within: 180d", "kit_tested_within: 1ms")
        let status = try await playground.run(["status"])
        #expect(status.code == 4, "\(status.text)")
        #expect(status.output.contains("too long ago"))
        #expect(
            try await playground.run(["status", "--json"]).output.contains(
                "\"kit_test_overdue\":true"
            )
        )
        try playground.edit("kit_tested_within: 1ms", "# none")
        #expect(try await playground.run(["status"]).code == 0)
    }

    @Test
    func `a test with a kit whose recipient is not in force any more does not count`() async throws
    {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["key", "kit", "--test", "kit.txt"]).code == 0)
        let text = try playground.read("state/kit-test.json")
        let keys = try RecoveryKit(reading: playground.kit).openKeys(.none)
        let other = KitKeys().dataIdentity.recipient.text
        try playground.remove("vault/kits")
        try playground.write(
            "state/kit-test.json",
            text.replacing(keys.dataIdentity.recipient.text, with: other)
        )
        #expect(try await playground.run(["status"]).output.contains("kit: never tested"))
        try playground.write("state/kit-test.json", text)
        #expect(try await playground.run(["status"]).output.contains("kit: tested"))
        try playground.write("state/kit-test.json", "{")
        #expect(try await playground.run(["status"]).output.contains("kit: never tested"))
    }
}
