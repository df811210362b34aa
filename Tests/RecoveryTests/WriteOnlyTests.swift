import Model
import Recovery
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A host that keeps nothing that opens data: what it can do, and what it cannot.
@Suite(.ownThreads) struct WriteOnlyTests {
    private static let restore = ["restore", "web/files", "--yes", "--to"]

    /// A write-only host after its first backup; the kit has been taken away.
    private func host() async throws -> (playground: Playground, kit: String) {
        let playground = try await Playground.initialised(["--write-only"])
        let kit = try playground.read("kit.txt")
        try playground.remove("kit.txt")
        #expect(try await playground.run(["backup"]).code == 0)
        return (playground, kit)
    }

    /// The number after a name in the JSON of a backup of the files.
    private func number(_ name: String, _ text: String) throws -> Int {
        let line = try #require(text.split(separator: "\n").last { $0.contains("\"components\"") })
        let part = try #require(line.firstRange(of: "\"component\":\"files\"")?.upperBound)
        let value = try #require(line[part...].firstRange(of: "\"\(name)\":")?.upperBound)
        return try #require(Int(line[value...].prefix { $0.isNumber }))
    }

    @Test
    func `it stores only what is new, with its local table and without`() async throws {
        let (playground, kit) = try await host()
        for isForgetting in [false, true] {
            if isForgetting { try playground.remove("state/work") }
            try playground.write("source/new-\(isForgetting)", "only this is new\n")
            let backup = try await playground.run(["backup", "web/files", "--json"])
            #expect(backup.code == 0, "\(backup.text)")
            // The new file and a changed manifest, and not the 320,000 bytes that were there.
            #expect(try number("bytes_added", backup.output) < 20_000)
        }
        #expect(try await playground.run(["check"]).code == 0)
        #expect(try await playground.run(["status"]).code == 0)
        #expect(try await playground.run(["ls"]).code == 0)
        try playground.write("kit.txt", kit)
        let done = try await playground.run(Self.restore + ["out", "--identity", "kit.txt"])
        #expect(done.code == 0, "\(done.text)")
        for name in ["new-false", "new-true", "letter"] {
            #expect(try !playground.read(playground.restored("out", "source/\(name)")).isEmpty)
        }
    }

    @Test
    func `none of its keys reads anything back`() async throws {
        let (playground, _) = try await host()
        let refused = try await playground.run(Self.restore + ["out"])
        #expect(refused.code == 12 && refused.errors.contains("E-KEY-NONE"))
        #expect(try await playground.run(["check", "--deep"]).code == 12)
        // The host's own identity lists its files and opens none of them, here and in recover.py.
        let own = ["--identity", "state/keys/host.identity"]
        let host = try await playground.run(Self.restore + ["out"] + own)
        #expect(host.code == 12 && host.errors.contains("E-KEY-WRONG"), "\(host.text)")
        #expect(try await playground.run(["check", "--deep"] + own).code == 12)
        let script = try await Command(
            "/usr/bin/python3",
            arguments: ["vault/recover.py", "vault", "restore", "h1.web.files", "latest", "out2"]
                + own,
            workingDirectory: playground.path
        ).run(outputLimit: 1 << 20)
        #expect(script.status == .exited(12), "\(script.errorText)")
        #expect(!String(decoding: script.output, as: UTF8.self).contains("dear reader"))
    }

    @Test
    func `it cannot enrol, and cannot choose whom its backups are sealed to`() async throws {
        let (playground, kit) = try await host()
        for key in ["host.identity", "host.signing", "host.secret"] {
            let enrol = ["key", "enrol", "--kit", "state/keys/\(key)"]
            #expect(try await playground.run(enrol).code == 2)
        }
        // A thief who writes his own recipient into the configuration gets nothing sealed to it.
        let thief = KitKeys()
        let data = try RecoveryKit(parsing: kit, source: "kit").openKeys(.none).dataIdentity
        try playground.edit(
            "recipients: [\(data.recipient)]",
            "recipients: [\(thief.dataIdentity.recipient)]"
        )
        #expect(try await playground.run(["backup", "web/files"]).code == 15)
        try playground.write("thief.key", thief.dataIdentity.secretText)
        let theirs = try await playground.run(Self.restore + ["out", "--identity", "thief.key"])
        #expect(theirs.code == 12, "\(theirs.text)")
    }

    @Test
    func `recipients that are put in force with the kit open the next backup, each alone`()
        async throws
    {
        let (playground, kit) = try await host()
        let (old, new) = (
            try RecoveryKit(parsing: kit, source: "kit").openKeys(.none).dataIdentity, AgeIdentity()
        )
        try playground.write("new.key", new.secretText)
        try playground.write("kit.txt", kit)
        let signing = try playground.read("state/keys/host.signing")
        try playground.edit(
            "recipients: [\(old.recipient)]",
            "recipients: [\(old.recipient), \(new.recipient)]"
        )
        let enrol = ["key", "enrol", "--kit", "kit.txt", "--keep-keys"]
        let enrolled = try await playground.run(enrol)
        #expect(enrolled.code == 0, "\(enrolled.text)")
        #expect(try playground.read("state/keys/host.signing") == signing)
        #expect(try FileSystem.status(playground.path.appending("state/keys/data.identity")) == nil)
        #expect(try await playground.run(["backup"]).code == 0)
        for key in ["new.key", "kit.txt"] {
            let done = try await playground.run(Self.restore + ["out-\(key)", "--identity", key])
            #expect(done.code == 0, "\(done.text)")
        }
        try playground.remove("state/keys")
        #expect(try await playground.run(enrol).code == 12)
    }
}
