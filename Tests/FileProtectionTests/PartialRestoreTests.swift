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

/// A part of a snapshot comes back, to where it was or elsewhere, among files that are there.
@Suite struct PartialRestoreTests {
    private func restore(
        _ at: VaultForTests,
        _ component: some Component,
        to destination: FilePath? = nil,
        paths: [String] = [],
        delta: Bool = false,
        deletes: Bool = false
    ) async throws -> RestorePlan {
        var request = at.request(to: destination)
        request.paths = paths.map { at.source.appending($0) }
        request.isDelta = delta
        request.deletes = deletes
        let plan = try await component.planRestore(request)
        let outcome = try await component.restore(plan, request, progress: .silent)
        #expect(outcome.problems.isEmpty)
        return plan
    }

    private func names(_ path: FilePath) async throws -> [String] {
        try await Harvest(path).entries.map(\.path.description)
    }

    @Test func `one path comes back and nothing else`() async throws {
        let at = try await VaultForTests()
        try at.write("a/b/f", Array("one".utf8), mode: 0o640)
        try at.write("a/b/g", "two")
        try at.write("a/c", "three")
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let target = at.scratch.path.appending("t")
        let plan = try await restore(at, files, to: target, paths: ["a/b/f"])
        #expect(plan.steps.contains { $0.hasPrefix("write 1 file, 3 B,") })
        #expect(try await Harvest(target).contents.count == 1)
        #expect(try text(at.restored("a/b/f", below: target)) == "one")
        #expect(try FileSystem.status(at.restored("a/b/f", below: target))?.mode == 0o640)
        // Back in its place, beside what is there; folders keep what they are.
        try FileSystem.removeFile(at.source.appending("a/b/f"))
        try at.write("a/c", "changed")
        let folder = try FileSystem.status(at.source.appending("a"))
        _ = try await restore(at, files, paths: ["a/b/f"])
        #expect(try text(at.source.appending("a/b/f")) == "one")
        #expect(try text(at.source.appending("a/c")) == "changed")
        #expect(try FileSystem.status(at.source.appending("a")) == folder)
        for path in ["a/b/f", "a/b", "a/none", "../out"] {
            await #expect(throws: Fault.self, "\(path)") {
                try await restore(at, files, paths: [path])
            }
        }
    }

    @Test func `a file that is wanted under its further name comes back under it`() async throws {
        let at = try await VaultForTests()
        try at.write("a", "one")
        try at.write("d/x", "two")
        let folder = try Directory.open(at.source.appending("d"))
        for name in ["y", "z"] {
            try Directory.open(at.source)
                .hardLink(try #require(FileName("a")), to: folder, try #require(FileName(name)))
        }
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let target = at.scratch.path.appending("t")
        _ = try await restore(at, files, to: target, paths: ["d"])
        #expect(try text(at.restored("d/y", below: target)) == "one")
        let status = try FileSystem.status(at.restored("d/z", below: target))
        #expect(status?.links == 2)
        #expect(try FileSystem.status(at.restored("a", below: target)) == nil)
    }

    @Test func `files that are there are renewed, and with delete nothing else of them is left`()
        async throws
    {
        let at = try await VaultForTests()
        try at.write("keep", "same")
        try at.write("d/f", "one")
        try at.write("d/link-to-be", "file")
        try at.write("n.log", "log")
        let own = at.source.appending("own")
        try FileSystem.makeDirectories(own, mode: 0o700)
        try at.write("own/vault", "objects")
        let files = try FilesComponent(
            name: "c",
            roots: [at.source],
            exclude: ["*.log"],
            own: [own]
        )
        _ = try await at.backUp(files)
        let before = try await Harvest(at.source)
        let keep = try FileSystem.status(at.source.appending("keep"))
        let mischief = { (at: VaultForTests) in
            try at.write("d/f", "changed and longer")
            try at.write("d/more/x", "new")
            try FileSystem.removeFile(at.source.appending("d/link-to-be"))
            try Directory.open(at.source.appending("d")).makeSymbolicLink(
                try #require(FileName("link-to-be")),
                target: at.source.appending("keep").bytes
            )
            try at.write("other.log", "log")
        }
        try mischief(at)
        _ = try await restore(at, files, delta: true)
        #expect(try text(at.source.appending("d/f")) == "one")
        #expect(try text(at.source.appending("d/link-to-be")) == "file")
        #expect(try text(at.source.appending("d/more/x")) == "new")
        #expect(try text(at.source.appending("keep")) == "same")
        #expect(try FileSystem.status(at.source.appending("keep"))?.inode == keep?.inode)
        try mischief(at)
        let plan = try await restore(at, files, deletes: true)
        #expect(
            plan.steps.contains { $0.hasPrefix("remove 1 file that") && $0.contains("d/more/x") }
        )
        // What the component leaves out, and what is Lifeboat's own, is none of its business.
        #expect(try text(at.source.appending("other.log")) == "log")
        #expect(try text(at.source.appending("own/vault")) == "objects")
        try FileSystem.removeFile(at.source.appending("other.log"))
        let after = try await Harvest(at.source)
        #expect(after.contents == before.contents)
        // The root's own time is that of the last removal here.
        #expect(Array(after.entries.dropFirst()) == Array(before.entries.dropFirst()))
    }

    @Test func `with delete, only what is at or below the paths goes`() async throws {
        let at = try await VaultForTests()
        try at.write("a/f", "one")
        try at.write("b/f", "two")
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        try at.write("a/new", "new")
        try at.write("b/new", "new")
        try at.write("new", "new")
        let outside = at.scratch.path.appending("outside")
        try DurableFile.create(outside, with: [1], mode: 0o600)
        _ = try await restore(at, files, paths: ["a"], deletes: true)
        #expect(try await names(at.source) == [".", "a", "a/f", "b", "b/f", "b/new", "new"])
        let target = at.scratch.path.appending("t")
        try FileSystem.makeDirectories(at.restored("b", below: target), mode: 0o755)
        try DurableFile.create(at.restored("b/old", below: target), with: [1], mode: 0o600)
        try DurableFile.create(target.appending("mine"), with: [1], mode: 0o600)
        _ = try await restore(at, files, to: target, paths: ["b"], deletes: true)
        #expect(try text(at.restored("b/f", below: target)) == "two")
        #expect(try FileSystem.status(at.restored("b/old", below: target)) == nil)
        #expect(try FileSystem.status(target.appending("mine")) != nil)
        #expect(try FileSystem.status(outside) != nil)
    }

    /// Whoever may write below a root plants links on the way of a restore that runs as another user.
    @Test(arguments: [false, true])
    func `a planted link leads no restore out of the tree`(deletes: Bool) async throws {
        let at = try await VaultForTests()
        try at.write("d/sub/f", "one")
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let victim = at.scratch.path.appending("victim")
        try FileSystem.makeDirectories(victim.appending("sub"), mode: 0o755)
        try DurableFile.create(victim.appending("sub/f"), with: [1, 2, 3], mode: 0o600)
        let before = try await Harvest(victim)
        try FileSystem.removeTree(at.source.appending("d"))
        try Directory.open(at.source).makeSymbolicLink(
            try #require(FileName("d")),
            target: victim.bytes
        )
        for path in ["d/sub/f", "d/sub"] {
            _ = try? await restore(at, files, paths: [path], delta: true, deletes: deletes)
            let after = try await Harvest(victim)
            #expect(after.entries == before.entries)
            #expect(after.contents == before.contents)
        }
        // As a whole it comes back: the link makes room for the folder.
        _ = try await restore(at, files, delta: true, deletes: deletes)
        #expect(try text(at.source.appending("d/sub/f")) == "one")
        #expect(try await Harvest(victim).contents == before.contents)
    }

    @Test func `a configuration that is renewed loses nothing that it does not protect`()
        async throws
    {
        let at = try await VaultForTests()
        try at.write("compose.yml", "one")
        try at.write(".env", "PASSWORD=x")
        try at.write("data/db", "bytes")
        let config = try ConfigurationComponent(
            name: "c",
            path: at.source,
            include: ["compose.yml", "grafana/"]
        )
        _ = try await at.backUp(config)
        try at.write("compose.yml", "two")
        try at.write("grafana/new.json", "{}")
        _ = try await restore(at, config, deletes: true)
        #expect(
            try await names(at.source).filter { !$0.hasPrefix("grafana") } == [
                ".", ".env", "compose.yml", "data", "data/db",
            ]
        )
        #expect(try text(at.source.appending("compose.yml")) == "one")
        #expect(try FileSystem.status(at.source.appending("grafana/new.json")) == nil)
    }

    /// The seed's folder: configuration, a knowledge base with a component of its own, and secrets live in one place.
    @Test func `a configuration goes back among what others have put there`() async throws {
        let at = try await VaultForTests()
        try at.write("compose.yml", "one")
        try at.write("grafana/a.json", "{}")
        try at.write("knowledge/k.md", "text")
        let config = try ConfigurationComponent(
            name: "c",
            path: at.source,
            others: [at.source.appending("knowledge"), at.scratch.path.appending("elsewhere")]
        )
        _ = try await at.backUp(config)
        try FileSystem.removeTree(at.source)
        try at.write("knowledge/k.md", "brought back by another")
        try at.write("data", "of somebody else")
        let plan = try await restore(at, config)
        #expect(plan.steps.filter { $0.hasPrefix("leave '") }.count == 1)
        #expect(try text(at.source.appending("compose.yml")) == "one")
        #expect(try text(at.source.appending("knowledge/k.md")) == "brought back by another")
        #expect(try text(at.source.appending("data")) == "of somebody else")
        // Its own files are in the way of a second time.
        let fault = await #expect(throws: Fault.self) { try await restore(at, config) }
        #expect(fault?.code == .restoreNotEmpty)
        try FileSystem.removeFile(at.source.appending("compose.yml"))
        try FileSystem.removeTree(at.source.appending("grafana"))
        try at.write("grafana", "a file where a folder goes")
        await #expect(throws: Fault.self) { try await restore(at, config) }
        #expect(try FileSystem.status(at.source.appending("compose.yml")) == nil)
        // What brings back all of the folder brings back its files too.
        let within = try ConfigurationComponent(
            name: "c",
            path: at.source,
            others: [at.scratch.path]
        )
        let left = try await restore(at, within)
        #expect(
            left.steps.contains("leave '\(at.scratch.path)' to the component that protects it too")
        )
        #expect(try FileSystem.status(at.source.appending("compose.yml")) == nil)
        // Elsewhere it is whole.
        let target = at.scratch.path.appending("t")
        _ = try await restore(at, config, to: target)
        #expect(try text(at.restored("knowledge/k.md", below: target)) == "text")
    }
}
