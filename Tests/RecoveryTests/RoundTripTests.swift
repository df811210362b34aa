import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The whole way through the real executable.
@Suite(.ownThreads) struct RoundTripTests {
    @Test
    func `what was protected comes back`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.remove("source")
        let ls = try await playground.run(["ls", "web"])
        #expect(ls.code == 0)
        #expect(ls.output.contains("files") && ls.output.contains("secrets"))
        #expect(try await playground.run(["status"]).code == 0)
        let check = try await playground.run(["check", "--deep"])
        #expect(check.code == 0)
        let restore = ["restore", "--identity", "kit.txt", "--to", "out"]
        let plan = try await playground.run(restore)
        #expect(plan.code == 15)
        #expect(plan.output.contains("Plan:"))
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)
        let done = try await playground.run(restore + ["--yes"])
        #expect(done.code == 0, "\(done.text)")
        let letter = playground.restored("out/files", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
        let secret = playground.restored("out/secrets", "secret.env")
        #expect(try playground.read(secret) == Playground.secret)
    }

    @Test
    func `one component goes where it is told`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup", "web/files"]).code == 0)
        let done = try await playground.run(["restore", "web/files", "--to", "out", "--yes"])
        #expect(done.code == 0, "\(done.text)")
        #expect(
            try playground.read(playground.restored("out", "source/letter")) == "dear reader\n"
        )
        // The other one was never backed up, which is what status is for.
        #expect(try await playground.run(["status"]).code == 4)
        #expect(try await playground.run(["status", "web/files"]).code == 0)
    }

    @Test
    func `an earlier moment comes back as it was`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let between = SystemClock().now()
        try playground.write("source/letter", "changed\n")
        #expect(try await playground.run(["backup"]).code == 0)
        let done = try await playground.run([
            "restore", "web/files", "--at", between.rfc3339(digits: 9), "--to", "out", "--yes",
        ])
        #expect(done.code == 0, "\(done.text)")
        #expect(
            try playground.read(playground.restored("out", "source/letter")) == "dear reader\n"
        )
    }

    @Test
    func `an empty host needs the kit and nothing else`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.remove("state")
        try playground.remove("lifeboat.yaml")
        try playground.remove("source")
        let kit = ["--config", "kit.txt"]
        #expect(try await playground.run(kit + ["ls"]).code == 0)
        let done = try await playground.run(
            kit + ["restore", "--identity", "kit.txt", "--to", "out", "--yes"]
        )
        #expect(done.code == 0, "\(done.text)")
        let letter = playground.restored("out/files", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
    }

    @Test
    func `the way back that the kit describes works without Lifeboat`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let script = playground.vault.appending("recover.py").string
        _ = try await Command(
            "/usr/bin/python3",
            arguments: [
                script, playground.vault.string, "restore", "h1.web.files", "latest",
                playground.path.appending("out").string, "--identity", playground.kit.string,
            ]
        ).runSuccessfully(outputLimit: 1 << 20)
        let letter = playground.restored("out", "source/letter")
        #expect(try playground.read(letter) == "dear reader\n")
        let extract = "sed -n '/^# ----- BEGIN/,/^# ----- END/{/-----/!s/^# \\{0,1\\}//p}' "
        #expect(try playground.read("kit.txt").contains(extract))
        let text = try await Command(
            "/bin/sh",
            arguments: ["-c", extract + "\"$0\"", playground.kit.string]
        ).runSuccessfully(outputLimit: 1 << 20)
        #expect(try playground.read("lifeboat.yaml") == String(decoding: text, as: UTF8.self))
    }

    @Test
    func `a host that lost its keys is enrolled anew and goes on`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.remove("state")
        let refused = try await playground.run(["backup"])
        #expect(refused.code == 12)
        #expect(refused.errors.contains("lifeboat key enrol --kit"))
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        #expect(try await playground.run(["key", "show"]).output.contains("yes, since"))
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check", "--deep"]).code == 0)
        let test = try await playground.run(["key", "kit", "--test", "kit.txt"])
        #expect(test.code == 0, "\(test.text)")
        #expect(test.output.contains("the kit opens the backups"))
    }

    @Test
    func `secrets stay sealed when that is asked for`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let done = try await playground.run([
            "restore", "web/secrets", "--sealed", "--to", "out", "--yes",
        ])
        #expect(done.code == 0, "\(done.text)")
        let sealed = try playground.read(playground.restored("out", "secret.env.age"))
        #expect(sealed.hasPrefix("age-encryption.org/v1"))
        // Stock age opens it with the kit as it is.
        let opened = try await Command(
            "age",
            arguments: [
                "-d", "-i", playground.kit.string,
                playground.path.appending(playground.restored("out", "secret.env.age")).string,
            ]
        ).runSuccessfully(outputLimit: 1 << 20)
        #expect(opened == Array(Playground.secret.utf8))
    }

    @Test
    func `a host that may only write keeps nothing that opens`() async throws {
        let playground = try await Playground.initialised(["--write-only"])
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
        let state = playground.path.appending("state/keys/data.identity")
        #expect(try FileSystem.status(state) == nil)
        let refused = try await playground.run(["restore", "web/files", "--to", "out", "--yes"])
        #expect(refused.code == 12)
        #expect(refused.errors.contains("E-KEY-NONE"))
    }
}
