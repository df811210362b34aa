import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A folder that holds something already becomes what a snapshot says.
@Suite struct RenewalTests {
    private static let page = 8192

    private func page(_ fill: UInt8) -> [UInt8] { [UInt8](repeating: fill, count: Self.page) }

    /// A relation of pages 1, zeros, 2, zeros and one of pages 3, 4, with a small file.
    private func snapshot(_ at: VaultForTests) async throws -> Snapshot {
        try await at.backUp(kind: .postgresql) { (session) throws(Fault) in
            for (path, fills) in [("base/a", [UInt8(1), 0, 2, 0]), ("base/b", [3, 4])] {
                let pages = session.pages(pageBytes: Self.page)
                for fill in fills { try await pages.write(self.page(fill)[...]) }
                let entry = ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o640)
                try session.add(entry, content: try await pages.finish())
            }
            let text = session.chunks(sizeHint: 4)
            try await text.write(Array("new\n".utf8)[...])
            let entry = ManifestEntry(path: Array("conf".utf8), kind: .file, mode: 0o600)
            try session.add(entry, content: try await text.finish())
            return BackupDraft(time: Instant(seconds: 1))
        }
    }

    private func restorer(_ at: VaultForTests, _ snapshot: Snapshot) -> TreeRestorer {
        var restorer = TreeRestorer(
            at.vault,
            snapshot: snapshot,
            identities: [at.identity],
            destination: at.scratch.path.appending("out"),
            temporary: at.state
        )
        restorer.spares = { $0.bytes.starts(with: Array("mine".utf8)) }
        return restorer
    }

    private func write(_ at: VaultForTests, _ name: String, _ bytes: [UInt8]) throws {
        let path = at.scratch.path.appending("out").appending(name)
        try FileSystem.makeDirectories(path.parent, mode: 0o755)
        try DurableFile.replace(path, with: bytes, mode: 0o640)
    }

    private func read(_ at: VaultForTests, _ name: String) throws -> [UInt8] {
        try DurableFile.read(
            at.scratch.path.appending("out").appending(name),
            limit: ByteCount(1 << 20)
        )
    }

    @Test func `only pages that differ are written, and what is not of the snapshot goes`()
        async throws
    {
        let at = try await VaultForTests()
        let snapshot = try await snapshot(at)
        let out = at.scratch.path.appending("out")
        // One page is right, one should be zeros, one is damaged, one is missing; the other file is right.
        try write(at, "base/a", page(1) + page(9) + page(8))
        try write(at, "base/b", page(3) + page(4))
        try write(at, "conf", Array("an older and longer text\n".utf8))
        try write(at, "base/old/deep", page(7))
        try write(at, "mine/kept", [1])
        try DurableFile.replace(at.scratch.path.appending("far"), with: page(5), mode: 0o644)
        let folder = try Directory.open(out)
        try folder.makeSymbolicLink(
            try #require(FileName("link")),
            target: at.scratch.path.appending("far").bytes
        )
        let restorer = restorer(at, snapshot)
        let planned = try await restorer.comparison(progress: .silent)
        #expect(planned.keptFiles == 1 && planned.kept == ByteCount(Int64(2 * Self.page)))
        #expect(planned.otherFiles == 2)
        let result = try await restorer.run(progress: .silent)
        #expect(result.problems.isEmpty)
        #expect(result.kept == planned.kept)
        // Two pages and the text; the last page is zeros by its length alone.
        #expect(result.written == ByteCount(Int64(2 * Self.page + 4)))
        #expect(result.removedLinks == ["link"])
        #expect(try read(at, "base/a") == page(1) + page(0) + page(2) + page(0))
        #expect(try read(at, "base/b") == page(3) + page(4))
        #expect(try read(at, "conf") == Array("new\n".utf8))
        #expect(try read(at, "mine/kept") == [1])
        #expect(try folder.names().map(\.description) == ["base", "conf", "mine"])
        #expect(try Directory.open(out.appending("base")).names().count == 2)
        #expect(try FileSystem.status(out.appending("base/b"))?.mode == 0o640)
        let far = try DurableFile.read(
            at.scratch.path.appending("far"),
            limit: ByteCount(1 << 20)
        )
        #expect(far == page(5))
        let again = try await restorer.run(progress: .silent)
        #expect(again.written == .zero)
        #expect(try await restorer.comparison(progress: .silent).otherFiles == 0)
    }

    @Test func `a file that has another name is made anew, and a link in a file's place too`()
        async throws
    {
        let at = try await VaultForTests()
        let snapshot = try await snapshot(at)
        let out = at.scratch.path.appending("out")
        try write(at, "base/a", page(9))
        try DurableFile.replace(
            at.scratch.path.appending("target"),
            with: page(9) + page(9),
            mode: 0o644
        )
        let base = try Directory.open(out.appending("base"))
        let beside = try Directory.open(at.scratch.path)
        let name = try #require(FileName("a"))
        let other = try #require(FileName("b"))
        try base.hardLink(name, to: beside, try #require(FileName("twin")))
        try base.makeSymbolicLink(other, target: at.scratch.path.appending("target").bytes)
        // A folder where a file should be.
        try FileSystem.makeDirectories(out.appending("conf/deep"), mode: 0o755)
        let result = try await restorer(at, snapshot).run(progress: .silent)
        #expect(result.problems.isEmpty)
        #expect(try read(at, "base/a") == page(1) + page(0) + page(2) + page(0))
        #expect(try read(at, "base/b") == page(3) + page(4))
        #expect(try read(at, "conf") == Array("new\n".utf8))
        let limit = ByteCount(1 << 20)
        #expect(try DurableFile.read(at.scratch.path.appending("twin"), limit: limit) == page(9))
        let target = at.scratch.path.appending("target")
        #expect(try DurableFile.read(target, limit: limit) == page(9) + page(9))
    }

    /// Who holds a file open reads and writes on, whatever becomes of its owner and its mode.
    @Test(arguments: [
        (UInt32(12), UInt32(0), UInt16(0o600)), (0, 0, 0o602), (0, 0, 0o604), (0, 34, 0o660),
    ])
    func `a file that somebody may hold open who shall not have it is made anew`(
        owner: UInt32,
        group: UInt32,
        mode: UInt16
    ) async throws {
        let at = try await VaultForTests()
        let snapshot = try await snapshot(at)
        try write(at, "conf", Array("old\n".utf8))
        let out = try Directory.open(at.scratch.path.appending("out"))
        let name = try #require(FileName("conf"))
        try out.setOwner(owner, group: group, of: name)
        try out.setMode(mode, of: name)
        let held = try out.openFile(name, .readWrite)
        let result = try await restorer(at, snapshot).run(progress: .silent)
        #expect(result.problems.isEmpty)
        #expect(try held.read(upTo: 9, at: 0) == Array("old\n".utf8))
        try held.write(Array("evil".utf8), at: 0)
        #expect(try read(at, "conf") == Array("new\n".utf8))
        #expect(try held.status().links == 0)
    }
}
