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

@Suite struct PlaceTests {
    @Test func `a place that is not empty is refused and nothing is changed`() async throws {
        let at = try await VaultForTests()
        try at.write("f", "1")
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let before = try await Harvest(at.scratch.path)
        for destination in [at.source, nil] {
            let fault = await #expect(throws: Fault.self) {
                try await files.planRestore(at.request(to: destination))
            }
            #expect(fault?.code == .restoreNotEmpty)
            #expect(fault?.code.exit == .refused)
            #expect(fault?.hints.first?.contains("--to") == true)
        }
        #expect(try await Harvest(at.scratch.path).entries == before.entries)
        let empty = at.scratch.path.appending("empty")
        try FileSystem.makeDirectories(empty, mode: 0o700)
        try await at.restore(files, to: empty)
        #expect(try text(at.restored("f", below: empty)) == "1")
    }

    @Test(arguments: [false, true])
    func `a link of another account is refused, also a late one; one of root's is followed`(
        isSecret: Bool
    ) async throws {
        let at = try await VaultForTests()
        try at.write("f", "1")
        let recipient = AgeIdentity()
        let component: any Component =
            isSecret
            ? try SecretsComponent(
                name: "c",
                paths: [at.source],
                recipients: [recipient.recipient],
                restoreSealed: false
            ) : try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(component)
        let home = at.scratch.path.appending("home")
        let victim = at.scratch.path.appending("victim")
        let own = at.scratch.path.appending("own")
        for folder in [home, victim, own] { try FileSystem.makeDirectories(folder, mode: 0o755) }
        let target = home.appending("out")
        // A link of root that leads to one of somebody else counts for nothing.
        let hop = home.appending("hop")
        let request = at.request(to: target, identities: [at.identity, recipient])
        let plan = try await component.planRestore(request)
        try PlantedLink.make(at: target, to: victim)
        try PlantedLink.make(at: hop, to: target, of: .current)
        for place in [target, hop] {
            let fault = await #expect(throws: Fault.self) {
                _ = try await component.planRestore(at.request(to: place))
            }
            #expect(fault?.code == .restoreNotEmpty)
            #expect(fault?.message.contains("link of 4242") == true, "\(fault?.message ?? "")")
        }
        let late = await #expect(throws: Fault.self) {
            _ = try await component.restore(plan, request, progress: .silent)
        }
        #expect(late?.code == .restoreNotEmpty)
        #expect(try FileSystem.isEmptyDirectory(victim) == true)
        try FileSystem.removeFile(target)
        try PlantedLink.make(at: target, to: own, of: .current)
        _ = try await component.restore(plan, request, progress: .silent)
        #expect(try text(at.restored("f", below: own)) == "1")
    }

    @Test func `a place that fills up after the plan is refused`() async throws {
        let at = try await VaultForTests()
        try at.write("f", "1")
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let target = at.scratch.path.appending("t")
        let request = at.request(to: target)
        let plan = try await files.planRestore(request)
        try FileSystem.makeDirectories(target, mode: 0o700)
        try DurableFile.create(target.appending("mine"), with: [1], mode: 0o600)
        let fault = await #expect(throws: Fault.self) {
            try await files.restore(plan, request, progress: .silent)
        }
        #expect(fault?.code == .restoreNotEmpty)
    }

    @Test func `files go back to where they were, below folders that stay as they are`()
        async throws
    {
        let at = try await VaultForTests()
        // kept/link leads to elsewhere/real; the root is seen through it.
        let kept = at.scratch.path.appending("kept")
        let real = at.scratch.path.appending("elsewhere/real")
        try FileSystem.makeDirectories(kept, mode: 0o751)
        try FileSystem.makeDirectories(real.appending("app/data"), mode: 0o755)
        try Directory.open(kept).makeSymbolicLink(
            try #require(FileName("link")),
            target: real.bytes
        )
        try DurableFile.create(real.appending("app/data/f"), with: [1, 2], mode: 0o640)
        try at.write("g", "other root")
        let app = try Directory.open(real)
        try app.setMode(0o711, of: try #require(FileName("app")))
        let root = kept.appending("link/app/data")
        let files = try FilesComponent(name: "c", roots: [root, at.source])
        let before = try await Harvest(at.scratch.path)
        _ = try await at.backUp(files)
        try FileSystem.removeTree(real.appending("app"))
        try FileSystem.removeTree(at.source)
        let outcome = try await at.restore(files, to: nil)
        #expect(outcome.problems.isEmpty)
        let after = try await Harvest(at.scratch.path)
        let ignored = { (entry: TreeEntry) in
            // State files, and the times of folders that were not protected.
            entry.path.description.hasPrefix("state") || entry.path.description == "."
                || ["elsewhere/real", "elsewhere/real/app"].contains(entry.path.description)
        }
        #expect(after.entries.filter { !ignored($0) } == before.entries.filter { !ignored($0) })
        #expect(after.contents[try #require(TreePath("elsewhere/real/app/data/f"))] == [1, 2])
        let mode = after.entries.first { $0.path.description == "elsewhere/real/app" }?.mode
        #expect(mode == 0o711)
    }

    @Test func `a root that is a single file comes back`() async throws {
        let at = try await VaultForTests()
        try at.write("one", "1")
        try at.write("two", "2")
        let files = try FilesComponent(
            name: "c",
            roots: [at.source.appending("one"), at.source.appending("two")]
        )
        _ = try await at.backUp(files)
        let refused = await #expect(throws: Fault.self) { try await at.restore(files, to: nil) }
        #expect(refused?.code == .restoreNotEmpty)
        try FileSystem.removeTree(at.source)
        try await at.restore(files, to: nil)
        #expect(try text(at.source.appending("one")) == "1")
        #expect(try text(at.source.appending("two")) == "2")
    }

    @Test func `a symbolic link in a snapshot leads no file out of the tree`() async throws {
        let at = try await VaultForTests()
        let outside = at.scratch.path.appending("outside")
        try FileSystem.makeDirectories(outside, mode: 0o755)
        let snapshot = try await at.backUp { (session) throws(Fault) in
            var link = ManifestEntry(path: Array("a".utf8), kind: .symbolicLink, mode: 0o777)
            link.target = outside.bytes
            try session.add(link)
            let writer = session.chunks(sizeHint: 1)
            try await writer.write([1])
            let file = ManifestEntry(path: Array("a/planted".utf8), kind: .file, mode: 0o644)
            try session.add(file, content: try await writer.finish())
            return BackupDraft(time: Instant(seconds: 1))
        }
        let restorer = at.restorer(snapshot, to: at.scratch.path.appending("t"))
        let fault = await #expect(throws: Fault.self) { try await restorer.run(progress: .silent) }
        #expect(fault?.code == .fileKind, "\(String(describing: fault))")
        #expect(try FileSystem.isEmptyDirectory(outside) == true)
    }

    @Test func `roots must be absolute and apart`() throws {
        #expect(throws: Fault.self) { try FilesComponent(name: "c", roots: []) }
        #expect(throws: Fault.self) { try FilesComponent(name: "c", roots: ["srv/app"]) }
        #expect(throws: Fault.self) {
            try FilesComponent(name: "c", roots: ["/srv", "/srv/app/../app"])
        }
        #expect(throws: Never.self) { try FilesComponent(name: "c", roots: ["/srv", "/srv2/"]) }
    }
}
