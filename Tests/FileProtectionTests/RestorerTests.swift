import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

@Suite struct RestorerTests {
    @Test func `every kind of entry is the same in a manifest and in a tree`() throws {
        let kinds: [TreeEntry.Kind] = [
            .directory, .symbolicLink(target: [1, 255]),
            .hardLink(to: try #require(TreePath("a/b"))),
            .fifo, .socket, .characterDevice(major: 4095, minor: 1_048_575),
            .blockDevice(major: 8, minor: 1),
        ]
        for kind in kinds {
            let entry = TreeEntry(
                path: try #require(TreePath("x/y")),
                kind: kind,
                mode: 0o4755,
                owner: 1,
                group: 2,
                ownerName: "u",
                groupName: nil,
                modified: Instant(nanoseconds: -5),
                changed: Instant(nanoseconds: 7),
                device: 3,
                inode: 4,
                attributes: [TreeEntry.Attribute(name: [1], value: [0])]
            )
            #expect(try TreeEntry(ManifestEntry(entry)) == entry)
        }
    }

    /// Pages with zeros inside and at the end, a small file, a file in a folder without an entry.
    private func pagedSnapshot(_ at: VaultForTests) async throws -> Snapshot {
        try await at.backUp(kind: .postgresql) { (session) throws(Fault) in
            let pages = session.pages(pageBytes: 8192)
            for fill in [UInt8(1), 0, 2, 0, 0] {
                try await pages.write([UInt8](repeating: fill, count: 8192)[...])
            }
            let relation = ManifestEntry(path: Array("base/1/2".utf8), kind: .file, mode: 0o600)
            try session.add(relation, content: try await pages.finish())
            let control = session.chunks(sizeHint: 3)
            try await control.write([7, 8, 9])
            let entry = ManifestEntry(
                path: Array("global/pg_control".utf8),
                kind: .file,
                mode: 0o600
            )
            try session.add(entry, content: try await control.finish())
            return BackupDraft(time: Instant(seconds: 1))
        }
    }

    @Test func `page-mapped files come back with their zeros, and a withheld file in memory`()
        async throws
    {
        let at = try await VaultForTests()
        let snapshot = try await pagedSnapshot(at)
        let target = at.scratch.path.appending("t")
        var restorer = at.restorer(snapshot, to: target)
        let control = try #require(TreePath("global/pg_control"))
        restorer.withheld = [control]
        let result = try await restorer.run(progress: .silent)
        let bytes = try read(target.appending("base/1/2"))
        #expect(bytes.count == 5 * 8192)
        #expect([bytes[0], bytes[8192], bytes[16_384], bytes[40_959]] == [1, 0, 2, 0])
        #expect(result.withheld[control]?.bytes == [7, 8, 9])
        #expect(try FileSystem.status(target.appending("global")) == nil)
        #expect(result.files == 2)
        #expect(result.bytes == ByteCount(5 * 8192 + 3))
        #expect(result.problems.isEmpty)
    }

    @Test func `entries are renamed and left out`() async throws {
        let at = try await VaultForTests()
        let snapshot = try await pagedSnapshot(at)
        let target = at.scratch.path.appending("t")
        var restorer = at.restorer(snapshot, to: target)
        restorer.transform = { entry throws(Fault) in
            guard entry.displayedPath != "base/1/2" else { return nil }
            var entry = entry
            entry.path = Array("control".utf8)
            return entry
        }
        let result = try await restorer.run(progress: .silent)
        #expect(result.files == 1)
        #expect(try Directory.open(target).names() == [try #require(FileName("control"))])
        #expect(try read(target.appending("control")) == [7, 8, 9])
    }

    @Test func `a file that the disk does not give back as it was is damage`() async throws {
        let at = try await VaultForTests()
        let snapshot = try await pagedSnapshot(at)
        for (place, byte) in [(0, UInt8(9)), (8192, 1), (40_959, 1)] {
            let target = at.scratch.path.appending("t\(place)")
            let reporter = ProgressReporter { event in
                guard event == .phase("verifying") else { return }
                let file = try? Descriptor.open(target.appending("base/1/2"), .write)
                try? file?.write([byte], at: Int64(place))
            }
            let fault = await #expect(throws: Fault.self) {
                try await at.restorer(snapshot, to: target).run(progress: reporter)
            }
            #expect(fault?.code == .damaged)
            #expect(fault?.message.contains("'base/1/2'") == true)
        }
    }

    @Test func `a hard link comes back whichever of the two names is first`() async throws {
        let at = try await VaultForTests()
        let snapshot = try await at.backUp { (session) throws(Fault) in
            var link = ManifestEntry(path: Array("a".utf8), kind: .hardLink, mode: 0o644)
            link.target = Array("b".utf8)
            try session.add(link)
            let writer = session.chunks(sizeHint: 1)
            try await writer.write([1])
            let file = ManifestEntry(path: Array("b".utf8), kind: .file, mode: 0o644)
            try session.add(file, content: try await writer.finish())
            link.path = Array("c".utf8)
            link.target = Array("gone".utf8)
            try session.add(link)
            return BackupDraft(time: Instant(seconds: 1))
        }
        let target = at.scratch.path.appending("t")
        let result = try await at.restorer(snapshot, to: target).run(progress: .silent)
        let first = try #require(try FileSystem.status(target.appending("a")))
        let second = try #require(try FileSystem.status(target.appending("b")))
        #expect(first == second)
        #expect(result.problems.count == 1, "the link to nothing is reported")
    }
}
