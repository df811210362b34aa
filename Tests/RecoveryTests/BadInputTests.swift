import Model
import Recovery
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Every exit code, and what is said with it.
@Suite(.ownThreads) struct BadInputTests {
    private func expect(
        _ ending: Program.Ending,
        _ code: Int32,
        _ id: String,
        location: SourceLocation = #_sourceLocation
    ) {
        #expect(ending.code == code, "\(ending.text)", sourceLocation: location)
        #expect(ending.errors.contains("id: \(id)"), "\(ending.text)", sourceLocation: location)
        #expect(ending.errors.contains("error: "), sourceLocation: location)
        #expect(!ending.errors.contains("Fatal"), sourceLocation: location)
    }

    @Test
    func `words that are not understood end with 2 and the nearest`() async throws {
        let playground = try await Playground.initialised()
        let verb = try await playground.run(["bakcup"])
        expect(verb, 2, "E-USAGE")
        #expect(verb.errors.contains("Did you mean 'backup'?"))
        let flag = try await playground.run(["backup", "--josn"])
        expect(flag, 2, "E-USAGE")
        #expect(flag.errors.contains("Did you mean '--json'?"))
        let component = try await playground.run(["backup", "web/fils"])
        expect(component, 2, "E-COMPONENT-UNKNOWN")
        #expect(component.errors.contains("Did you mean 'files'?"))
        expect(try await playground.run(["backup", "other"]), 2, "E-STACK-UNKNOWN")
        expect(try await playground.run(["restore", "--at", "soon", "--yes"]), 2, "E-TARGET-FORM")
        expect(try await playground.run(["init"]), 2, "E-USAGE")
        expect(try await playground.run(["--config", "none.yaml", "ls"]), 2, "E-CONFIG-NONE")
    }

    @Test
    func `an unknown key of the configuration is named with its line and the nearest`()
        async throws
    {
        let playground = try await Playground.initialised()
        try playground.edit("environment: prod", "enviroment: prod")
        let ending = try await playground.run(["ls"])
        #expect(ending.code == 2)
        #expect(ending.errors.contains("lifeboat.yaml:"))
        #expect(ending.errors.contains("Did you mean 'environment'?"))
    }

    @Test
    func `paths that cannot be read make a backup incomplete`() async throws {
        let playground = try await Playground.initialised()
        let path = playground.source.string
        try playground.edit("paths: [\(path)]", "paths: [\(path), /nowhere/at/all]")
        let ending = try await playground.run(["backup"])
        #expect(ending.code == 3, "\(ending.text)")
        let status = try await playground.run(["status"])
        #expect(status.output.contains("could not be read"))
    }

    @Test
    func `a component without a snapshot makes status end with 4`() async throws {
        let playground = try await Playground.initialised()
        let ending = try await playground.run(["status"])
        #expect(ending.code == 4)
        #expect(ending.output.contains("never"))
    }

    @Test
    func `a flipped byte makes check end with 5 and name the object`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        let pack = try firstPack(below: playground.vault)
        var bytes = try DurableFile.read(pack, limit: ByteCount(64 << 20))
        bytes[bytes.count / 2] ^= 1
        try DurableFile.replace(pack, with: bytes, mode: 0o600)
        let ending = try await playground.run(["check"])
        #expect(ending.code == 5)
        #expect(ending.output.contains(try #require(pack.lastComponent).string))
    }

    @Test
    func `no vault ends with 10, whether its folder is there or not`() async throws {
        let playground = try await Playground.initialised()
        try playground.remove("vault")
        for verb in ["backup", "ls", "status", "check"] {
            expect(try await playground.run([verb]), 10, "E-STORE-NOROOT")
        }
        try FileSystem.makeDirectories(playground.vault, mode: 0o700)
        expect(try await playground.run(["backup"]), 10, "E-VAULT-NONE")
    }

    @Test
    func `a key of somebody else ends with 12`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try playground.write("other.key", AgeIdentity().secretText)
        let ending = try await playground.run([
            "restore", "--identity", "other.key", "--to", "out", "--yes",
        ])
        expect(ending, 12, "E-KEY-WRONG")
        #expect(try FileSystem.status(playground.path.appending("out")) == nil)
        try playground.write("no.key", "nothing here")
        let none = try await playground.run(["restore", "--identity", "no.key", "--yes"])
        expect(none, 2, "E-KEY-FORM")
    }

    @Test
    func `the kit of another stack is noticed`() async throws {
        let (one, other) = (try await Playground.initialised(), try await Playground.initialised())
        let kit = other.kit.string
        #expect(try await one.run(["backup"]).code == 0)
        expect(try await one.run(["key", "kit", "--test", kit]), 12, "E-KIT-FOREIGN")
        let restore = ["restore", "--identity", kit, "--to", "out", "--yes"]
        expect(try await one.run(restore), 12, "E-KIT-FOREIGN")
        expect(try await one.run(["key", "enrol", "--kit", kit]), 12, "E-KIT-FOREIGN")
    }

    @Test
    func `a copy that cannot be reached ends with 13`() async throws {
        let playground = try await Playground.initialised()
        try playground.remove("vault")
        let folder = try Directory.open(playground.path)
        let (name, target) = (try #require(FileName("vault")), try #require(FileName("vault")))
        try folder.makeSymbolicLink(name, target: target.bytes)
        let ending = try await playground.run(["backup"])
        expect(ending, 13, "E-STORE-IO")
    }

    @Test
    func `a source that cannot be reached ends with 14`() async throws {
        let playground = try await Playground.initialised()
        try playground.edit(
            "  secrets:\n",
            "  cache:\n    kind: redis\n    address: redis://127.0.0.1:1\n  secrets:\n"
        )
        let ending = try await playground.run(["backup", "web/cache"])
        expect(ending, 14, "E-REDIS-UNREACHABLE")
        // Done in part, which is another thing than nothing done.
        expect(try await playground.run(["backup"]), 3, "E-REDIS-UNREACHABLE")
        // The others have their snapshots all the same.
        #expect(try await playground.run(["status", "web/files"]).code == 0)
        #expect(try await playground.run(["status", "web/secrets"]).code == 0)
        try playground.remove("source")
        #expect(try await playground.run(["backup", "web/files"]).code == 14)
    }

    @Test
    func `what must not be touched ends with 15`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        try FileSystem.makeDirectories(playground.path.appending("out"), mode: 0o700)
        try playground.write("out/mine", "keep me")
        let full = try await playground.run(["restore", "web/files", "--to", "out", "--yes"])
        expect(full, 15, "E-RESTORE-NOT-EMPTY")
        #expect(try playground.read("out/mine") == "keep me")
        let again = try await playground.initialise()
        expect(again, 15, "E-INIT-EXISTS")
        let ahead = try await playground.run([
            "restore", "--at", "2200-01-01T00:00:00Z", "--identity", "kit.txt", "--to", "new",
        ])
        expect(ahead, 15, "E-TARGET-AHEAD")
        try playground.edit("environment: prod", "environment: staging")
        expect(try await playground.run(["backup"]), 15, "E-ENVIRONMENT")
    }

    @Test
    func `a vault of an unknown format is refused with 15`() async throws {
        let playground = try await Playground.initialised()
        let kit = try RecoveryKit(reading: playground.kit).openKeys(.none)
        let lines = try playground.read("vault/format.json").split(separator: "\n")
        let document = String(lines[0]).replacing("\"format\":1", with: "\"format\":2")
        #expect(document != String(lines[0]))
        let message = Array("lifeboat/1/document\n".utf8) + Array(document.utf8)
        let seal =
            "{\"by\":\"\(kit.operatorKey.verifyKey)\",\"signature\":\""
            + Hexadecimal.encode(kit.operatorKey.sign(message)) + "\"}"
        try playground.write("vault/format.json", "\(document)\n\(seal)\n")
        expect(try await playground.run(["backup"]), 15, "E-VAULT-FORMAT")
        expect(try await playground.run(["ls"]), 15, "E-VAULT-FORMAT")
    }

    private func firstPack(below vault: FilePath) throws -> FilePath {
        var folder = vault.appending("packs")
        while true {
            let names = try Directory.open(folder).names()
            let name = try #require(names.min { $0.bytes.lexicographicallyPrecedes($1.bytes) })
            folder = folder.appending(name)
            if try FileSystem.status(folder)?.isRegular == true { return folder }
        }
    }
}
