import FileProtection
import FileTrees
import Model
import Protection
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

@Suite(.ownThreads) struct SecretsTests {
    private let secrets = AgeIdentity()

    private func component(_ at: VaultForTests, sealed: Bool = false) throws -> SecretsComponent {
        try SecretsComponent(
            name: "c",
            paths: [at.source],
            recipients: [secrets.recipient],
            restoreSealed: sealed
        )
    }

    @Test func `secrets come back as they were, links and modes too`() async throws {
        let at = try await VaultForTests()
        try at.write("a.env", Array("TOKEN=1".utf8), mode: 0o640)
        try at.write("d/key", [UInt8](repeating: 3, count: 200_000), mode: 0o400)
        try at.write("empty", [])
        let folder = try Directory.open(at.source)
        try folder.makeSymbolicLink(try #require(FileName("link")), target: Array("d/key".utf8))
        try folder.hardLink(
            try #require(FileName("a.env")),
            to: folder,
            try #require(FileName("twin"))
        )
        try folder.setOwner(12, group: 34, of: try #require(FileName("a.env")))
        let before = try await Harvest(at.source)
        let component = try component(at)
        let snapshot = try await at.backUp(component)
        #expect(snapshot.head.problems == 0)
        let target = at.scratch.path.appending("t")
        let outcome = try await at.restore(
            component,
            to: target,
            identities: [at.identity, secrets]
        )
        #expect(outcome.problems.isEmpty)
        let after = try await Harvest(at.restored("", below: target))
        #expect(after.entries == before.entries)
        #expect(after.contents == before.contents)
    }

    @Test func `stock age opens what is restored sealed`() async throws {
        let at = try await VaultForTests()
        try at.write("a.env", "TOKEN=1")
        let component = try component(at, sealed: true)
        _ = try await at.backUp(component)
        let target = at.scratch.path.appending("t")
        // The identity for secrets is not needed.
        try await at.restore(component, to: target)
        let key = at.scratch.path.appending("key")
        try DurableFile.create(key, with: Array(secrets.secretText.utf8), mode: 0o600)
        let blob = at.restored("a.env.age", below: target)
        let age = Command("/usr/bin/age", arguments: ["-d", "-i", key.string, blob.string])
        let plain = try await age.runSuccessfully(input: [], outputLimit: 1000)
        #expect(String(decoding: plain, as: UTF8.self) == "TOKEN=1")
    }

    @Test func `an unchanged secret keeps its sealed form until a recipient changes`() async throws
    {
        let at = try await VaultForTests()
        try at.write("a", "one")
        try at.write("b", "two")
        let component = try component(at)
        let first = try await at.entries(try await at.backUp(component))
        let same = try await at.backUp(component)
        #expect(same.head.sizes.stored == 0)
        try at.write("b", "new")
        let third = try await at.entries(try await at.backUp(component))
        let tags = { (entries: [ManifestEntry]) in entries.suffix(2).map(\.secretTag) }
        #expect(tags(first)[0] == tags(third)[0])
        #expect(tags(first)[1] != tags(third)[1])
        #expect(first.suffix(2).map(\.digest)[0] == third.suffix(2).map(\.digest)[0])
        #expect(first.suffix(2).map(\.digest)[1] != third.suffix(2).map(\.digest)[1])
        let other = AgeIdentity()
        let changed = try SecretsComponent(
            name: "c",
            paths: [at.source],
            recipients: [other.recipient]
        )
        let fourth = try await at.entries(try await at.backUp(changed))
        #expect(fourth.suffix(2).map(\.digest)[0] != third.suffix(2).map(\.digest)[0])
        let target = at.scratch.path.appending("t")
        try await at.restore(changed, to: target, identities: [at.identity, other])
        #expect(try text(at.restored("a", below: target)) == "one")
        #expect(try text(at.restored("b", below: target)) == "new")
    }

    @Test func `a wrong identity is told before anything is written`() async throws {
        let at = try await VaultForTests()
        try at.write("a", "one")
        let component = try component(at)
        _ = try await at.backUp(component)
        let target = at.scratch.path.appending("t")
        let fault = await #expect(throws: Fault.self) {
            try await component.planRestore(at.request(to: target))
        }
        #expect(fault?.code == .wrongKey)
        #expect(fault?.code.exit == .wrongKey)
        #expect(try FileSystem.status(target) == nil)
    }

    @Test func `plain text is nowhere but at its place`() async throws {
        let at = try await VaultForTests()
        let plain = Array("hunter2-hunter2-hunter2".utf8)
        try at.write("a", plain)
        let component = try component(at)
        let snapshot = try await at.backUp(component)
        for (name, bytes) in at.store.contents {
            #expect(!bytes.contains(plain), "\(name)")
        }
        for bytes in try await Harvest(at.state).contents.values { #expect(!bytes.contains(plain)) }
        // Nor for whoever can open the backups, but not the secrets.
        let target = at.scratch.path.appending("t")
        _ = try await at.restorer(snapshot, to: target).run(progress: .silent)
        let restored = try await Harvest(target).contents
        #expect(restored.count == 1)
        for bytes in restored.values { #expect(!bytes.contains(plain)) }
    }

    @Test func `what is missing or too large is a problem, nothing at all a fault`() async throws {
        let at = try await VaultForTests()
        let (small, large) = (at.source.appending("a"), at.source.appending("b"))
        try at.write("a", "one")
        try at.write("b", [UInt8](repeating: 1, count: 16 << 20 + 1))
        let missing = at.source.appending("c")
        let recipients = [secrets.recipient]
        let reports = Reports()
        let some = try SecretsComponent(
            name: "c",
            paths: [small, large, missing],
            recipients: recipients
        )
        let snapshot = try await at.backUp(some, reports)
        #expect(snapshot.head.problems == 2)
        #expect(reports.notes.contains { $0.contains("it is larger than 16.0 MiB") })
        #expect(snapshot.head.facts["files"] == "1")
        let none = try SecretsComponent(name: "c", paths: [missing], recipients: recipients)
        let fault = await #expect(throws: Fault.self) { try await at.backUp(none) }
        #expect(fault?.code.exit == .sourceUnreachable)
        #expect(throws: Fault.self) {
            try SecretsComponent(name: "c", paths: [small], recipients: [])
        }
    }

    @Test func `a name in the place of a sealed secret is reported`() async throws {
        let at = try await VaultForTests()
        try at.write("a", "one")
        try Directory.open(at.source).makeSymbolicLink(
            try #require(FileName("a.age")),
            target: [0x61]
        )
        let reports = Reports()
        let snapshot = try await at.backUp(try component(at), reports)
        #expect(snapshot.head.problems == 1)
        #expect(reports.notes.contains { $0.contains("another name with .age is in its place") })
    }
}
