import FileProtection
import FileTrees
import Model
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Access lists let somebody in beside owner and group: they come back, and none stays that the snapshot does not have.
@Suite struct AccessListTests {
    private static let key = Array("system.posix_acl_access".utf8)

    /// A list that lets user 1234 read (`acl(5)`; version 2, then tag, rights and id of each entry, little-endian).
    private static let list: [UInt8] = {
        let none = UInt32.max
        let entries: [(UInt16, UInt16, UInt32)] = [
            (1, 6, none), (2, 4, 1234), (4, 4, none), (16, 4, none), (32, 0, none),
        ]
        var bytes: [UInt8] = [2, 0, 0, 0]
        for (tag, rights, id) in entries {
            for value in [UInt32(tag) | UInt32(rights) << 16, id] {
                bytes += (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
            }
        }
        return bytes
    }()

    private func name(_ text: String) throws -> FileName {
        try #require(FileName(Array(text.utf8)))
    }

    @Test func `a list comes back with its file and with its folder`() async throws {
        let at = try await VaultForTests()
        try at.write("f", Array("one".utf8), mode: 0o640)
        try at.write("d/x", "two")
        let folder = try Directory.open(at.source)
        for text in ["f", "d"] {
            try folder.setAttribute(Self.key, to: Self.list, of: try name(text))
        }
        try folder.setAttribute(
            Array("system.posix_acl_default".utf8),
            to: Self.list,
            of: try name("d")
        )
        let before = try await Harvest(at.source)
        #expect(before.entries.contains { $0.attributes.count == 2 })
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let target = at.scratch.path.appending("t")
        let outcome = try await at.restore(files, to: target)
        #expect(outcome.problems == [])
        let after = try await Harvest(at.restored("", below: target))
        #expect(after.entries == before.entries)
    }

    @Test func `what is renewed keeps no list that the snapshot does not have`() async throws {
        let at = try await VaultForTests()
        try at.write("f", Array("one".utf8), mode: 0o640)
        try at.write("d/x", "two")
        let files = try FilesComponent(name: "c", roots: [at.source])
        _ = try await at.backUp(files)
        let before = try await Harvest(at.source)
        let folder = try Directory.open(at.source)
        for text in ["f", "d"] {
            try folder.setAttribute(Self.key, to: Self.list, of: try name(text))
        }
        var request = at.request(to: nil)
        request.isDelta = true
        let plan = try await files.planRestore(request)
        let outcome = try await files.restore(plan, request, progress: .silent)
        #expect(outcome.problems == [])
        #expect(try folder.attributeNames(of: try name("f")) == [])
        #expect(try folder.attributeNames(of: try name("d")) == [])
        let after = try await Harvest(at.source)
        #expect(after.entries == before.entries)
    }
}
