import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Restores of a stack with services that commands control, through the real executable.
@Suite(.ownThreads) struct ServicesRestoreTests {
    /// A stack with three services: each runs while a file of its name is there, and notes in `log` what it does.
    private struct Stand {
        let playground: Playground

        init() async throws {
            playground = try await Playground.initialised()
            for name in ["writer", "job", "mailer"] {
                try script("start-\(name)", "echo start \(name) >> log; touch \(name)")
                try script("stop-\(name)", "echo stop \(name) >> log; rm \(name)")
                try script("status-\(name)", "test -e \(name)")
            }
            let place = playground.path.string
            let services = [
                ("writer", "[files, job]"), ("job", "[files]"), ("mailer", "[secrets]"),
            ].map { name, after in
                "  \(name): {start: [\(place)/start-\(name)], stop: [\(place)/stop-\(name)],"
                    + " status: [\(place)/status-\(name)], after: \(after), healthy_within: 300s}\n"
            }
            let text = try playground.read("lifeboat.yaml")
            try playground.write("lifeboat.yaml", text + "services:\n" + services.joined())
            for name in ["writer", "mailer"] { try playground.write(name, "") }
        }

        func script(_ name: String, _ text: String) throws {
            let path = playground.path.appending(name)
            let whole = "#!/bin/sh\ncd '\(playground.path.string)'\n\(text)\n"
            try DurableFile.replace(path, with: Array(whole.utf8), mode: 0o700)
        }

        func has(_ name: String) throws(Fault) -> Bool {
            try FileSystem.status(playground.path.appending(name)) != nil
        }

        var log: String { (try? playground.read("log")) ?? "" }

        func backUpAndLose() async throws {
            let backup = try await playground.run(["backup"])
            guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
            try playground.remove("source")
        }

        let restore = ["restore", "web/files", "--identity", "kit.txt", "--yes"]
    }

    @Test func `a restore in place stops who uses it, shows it first, and puts back what ran`()
        async throws
    {
        let stand = try await Stand()
        try await stand.backUpAndLose()
        let plan = try await stand.playground.run(Array(stand.restore.dropLast()))
        #expect(plan.code == 15)
        #expect(plan.output.contains("stops first: writer (command "), "\(plan.text)")
        #expect(plan.output.contains("stands still, and stays so: job"), "\(plan.text)")
        #expect(!plan.output.contains("mailer"), "\(plan.text)")
        #expect(stand.log.isEmpty)
        let done = try await stand.playground.run(stand.restore)
        #expect(done.code == 0, "\(done.text)")
        #expect(stand.log == "stop writer\nstart writer\n")
        #expect(try stand.has("writer") && stand.has("mailer") && !stand.has("job"))
        #expect(try stand.playground.read("source/letter") == "dear reader\n")
        #expect(try !stand.has("state/services.ledger"))
    }

    @Test func `a restore elsewhere, and one that is told so, stop nothing`() async throws {
        let stand = try await Stand()
        try await stand.backUpAndLose()
        let beside = try await stand.playground.run(stand.restore + ["--to", "out"])
        #expect(beside.code == 0, "\(beside.text)")
        let plain = try await stand.playground.run(stand.restore + ["--no-services"])
        #expect(plain.code == 0, "\(plain.text)")
        #expect(stand.log.isEmpty)
    }

    @Test func `services that do not stop are left as they were, and nothing is restored`()
        async throws
    {
        let stand = try await Stand()
        try await stand.backUpAndLose()
        try stand.script("stop-writer", "exit 1")
        try stand.playground.write("job", "")
        let refused = try await stand.playground.run(stand.restore)
        #expect(refused.code == 15, "\(refused.text)")
        #expect(refused.errors.contains("id: E-SERVICE-STOP"), "\(refused.text)")
        #expect(try !stand.has("source"))
        #expect(try stand.has("writer") && stand.has("job"))
        #expect(try !stand.has("state/services.ledger"))
        try stand.script("status-writer", "exit 126")
        let blind = try await stand.playground.run(stand.restore)
        #expect(blind.code == 15, "\(blind.text)")
        #expect(blind.errors.contains("--no-services"), "\(blind.text)")
    }

    @Test func `what uses a component that did not come back stays stopped until a person says so`()
        async throws
    {
        let stand = try await Stand()
        try await stand.backUpAndLose()
        let vault = stand.playground.vault
        try FileManager.default.moveItem(
            atPath: vault.appending("packs").string,
            toPath: stand.playground.path.appending("packs").string
        )
        try FileSystem.makeDirectories(vault.appending("packs"), mode: 0o700)
        let failed = try await stand.playground.run(stand.restore)
        #expect(failed.code != 0, "\(failed.text)")
        #expect(failed.output.contains("writer stay stopped"), "\(failed.text)")
        #expect(try !stand.has("writer"))
        let shown = try await stand.playground.run(["services"])
        #expect(shown.output.contains("stopped until files is restored"), "\(shown.text)")
        let doctor = try await stand.playground.run(["doctor"])
        #expect(doctor.output.contains("service writer"), "\(doctor.text)")
        let back = try await stand.playground.run(["services", "--put-back"])
        #expect(back.code == 0, "\(back.text)")
        #expect(back.output.contains("runs"))
        #expect(try stand.has("writer"))
        #expect(try !stand.has("state/services.ledger"))
    }

    @Test func `killed while it stops or starts services, the next command puts them back`()
        async throws
    {
        for script in ["stop-writer", "start-writer"] {
            let stand = try await Stand()
            try await stand.backUpAndLose()
            let good = try stand.playground.read(script)
            let hang = script == "stop-writer" ? "rm writer; touch stuck" : "touch stuck"
            try stand.script(script, hang + "; sleep 600")
            _ = try await stand.playground.kill(stand.restore) {
                () throws(Fault) in try stand.has("stuck")
            }
            try stand.script(script, String(good.split(separator: "\n")[2]))
            #expect(try !stand.has("writer"))
            #expect(try stand.has("state/services.ledger"))
            // What was restored must not be backed up before it is looked at, so the sources are not needed here.
            let next = try await stand.playground.run(["backup", "web/secrets"])
            #expect(next.code == 0, "\(script): \(next.text)")
            #expect(next.errors.contains("runs again"), "\(script): \(next.text)")
            #expect(try stand.has("writer") && stand.has("mailer") && !stand.has("job"))
            #expect(try !stand.has("state/services.ledger"))
        }
    }

    @Test func `a snapshot records the migration head`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let playground = try await Playground.protecting(server)
        try playground.edit(
            "    kind: postgresql\n",
            "    kind: postgresql\n    migration: [/bin/echo, \"4f2a9c (head)\"]\n"
        )
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        #expect(try playground.heads().contains("4f2a9c (head)"))
        // A command that hangs holds no backup up for longer than a minute.
        try playground.edit("[/bin/echo, \"4f2a9c (head)\"]", "[/bin/sleep, \"100000\"]")
        let next = try await playground.run(["backup"])
        #expect(next.code == 0, "\(next.text)")
        #expect(next.text.contains("the migration head is not recorded"), "\(next.text)")
    }
}

extension Playground {
    /// The clear heads of all snapshots.
    func heads() throws -> String {
        let root = path.appending("vault/snapshots").string
        var text = ""
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            guard let data = FileManager.default.contents(atPath: "\(root)/\(name)") else {
                continue
            }
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }
}
