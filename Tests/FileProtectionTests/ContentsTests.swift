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

/// Looking into snapshots without restoring them.
@Suite struct ContentsTests {
    private func tree(
        _ at: VaultForTests,
        _ snapshot: Snapshot,
        _ identities: [AgeIdentity]? = nil
    ) -> SnapshotTree {
        SnapshotTree(
            at.vault,
            snapshot: snapshot,
            identities: identities ?? [at.identity]
        )
    }

    private func paths(
        _ tree: SnapshotTree,
        _ at: VaultForTests,
        below: [FilePath] = [],
        matching: [String] = []
    ) async throws -> [String] {
        var found: [String] = []
        let prefix = String(at.source.string.dropFirst()) + "/"
        try await tree.forEach(try ContentQuery(paths: below, patterns: matching)) { entry in
            found.append(entry.displayedPath.replacing(prefix, with: ""))
        }
        return found
    }

    @Test func `entries are found by path and by pattern, with the host's own key`() async throws {
        let at = try await VaultForTests()
        try at.write("etc/a.conf", "1")
        try at.write("etc/b.conf/c", "2")
        try at.write("etc2/a.conf", "3")
        let files = try FilesComponent(name: "c", roots: [at.source])
        let snapshot = try await at.backUp(files)
        let tree = tree(at, snapshot, [at.keys.identity])
        let etc = at.source.appending("etc")
        #expect(
            try await paths(tree, at, below: [etc]) == [
                "etc", "etc/a.conf", "etc/b.conf", "etc/b.conf/c",
            ]
        )
        #expect(
            try await paths(tree, at, matching: ["a.conf"]) == ["etc/a.conf", "etc2/a.conf"]
        )
        #expect(try await paths(tree, at, matching: ["*.conf/"]) == ["etc/b.conf"])
        let anchored = "\(at.source.string)/etc2/**"
        #expect(try await paths(tree, at, matching: [anchored]) == ["etc2/a.conf"])
        // What is in them needs more than that.
        let fault = await #expect(throws: Fault.self) {
            try await tree.read(etc.appending("a.conf")) { _ in }
        }
        #expect(fault?.code == .wrongKey)
    }

    @Test func `two snapshots differ by what was done between them`() async throws {
        let at = try await VaultForTests()
        for name in ["same", "content", "mode", "gone", "kind", "z/deep"] {
            try at.write(name, "one")
        }
        let files = try FilesComponent(name: "c", roots: [at.source])
        let first = try await at.backUp(files)
        try at.write("content", "two")
        try at.write("a-new", "new")
        let folder = try Directory.open(at.source)
        try folder.setMode(0o600, of: try #require(FileName("mode")))
        try folder.removeFile(try #require(FileName("gone")))
        try folder.removeFile(try #require(FileName("kind")))
        try at.write("kind/x", "folder")
        let second = try await at.backUp(files)
        var found: [String: ContentChange.Kind] = [:]
        try await tree(at, first).differences(to: tree(at, second), .everything) { change in
            guard let entry = change.entry, entry.kind != .directory || change.kind != .touched
            else { return }
            let prefix = String(at.source.string.dropFirst()) + "/"
            found[entry.displayedPath.replacing(prefix, with: "")] = change.kind
        }
        #expect(
            found == [
                "a-new": .added, "content": .changed, "gone": .removed, "kind": .replaced,
                "kind/x": .added, "mode": .touched,
            ]
        )
        var none = 0
        try await tree(at, second).differences(to: tree(at, second), .everything) { _ in none += 1 }
        #expect(none == 0)
    }

    @Test(arguments: UInt64(1)...4)
    func `random trees differ as their scans do`(seed: UInt64) async throws {
        let at = try await VaultForTests()
        var (one, two) = (RandomTree(seed: seed), RandomTree(seed: seed + 100))
        let files = try FilesComponent(name: "c", roots: [at.source])
        try one.make(at: at.source, count: 60)
        let old = try await Harvest(at.source)
        let first = try await at.backUp(files)
        try FileSystem.removeTree(at.source)
        try FileSystem.makeDirectories(at.source, mode: 0o755)
        try two.make(at: at.source, count: 60)
        let new = try await Harvest(at.source)
        let second = try await at.backUp(files)
        var found: Set<[UInt8]> = []
        try await tree(at, first).differences(to: tree(at, second), .everything) { change in
            if let entry = change.entry { found.insert(entry.path) }
        }
        let place = Array(at.source.string.utf8.dropFirst()) + [0x2F]
        let before = Dictionary(uniqueKeysWithValues: old.entries.map { ($0.path, $0) })
        let after = Dictionary(uniqueKeysWithValues: new.entries.map { ($0.path, $0) })
        for path in Set(before.keys).union(after.keys) where !path.bytes.isEmpty {
            let isSame = before[path] == after[path] && old.contents[path] == new.contents[path]
            #expect(found.contains(place + path.bytes) != isSame, "\(path), seed \(seed)")
        }
    }

    @Test func `one file is read as it was, a secret opened or as it is`() async throws {
        let at = try await VaultForTests()
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 11) }
        try at.write("large", large)
        try Directory.open(at.source).hardLink(
            try #require(FileName("large")),
            to: try Directory.open(at.source),
            try #require(FileName("twin"))
        )
        let files = try FilesComponent(name: "c", roots: [at.source])
        let snapshot = try await at.backUp(files)
        for name in ["large", "twin"] {
            var bytes: [UInt8] = []
            try await tree(at, snapshot).read(at.source.appending(name)) { bytes += $0 }
            #expect(bytes == large)
        }
        for name in ["none", "large/x", ""] {
            let path = name.isEmpty ? at.source : at.source.appending(name)
            let fault = await #expect(throws: Fault.self) {
                try await tree(at, snapshot).read(path) { _ in }
            }
            #expect(fault?.code.id == "E-FILES-PATH")
        }
    }

    @Test func `a secret is read opened, or as it is`() async throws {
        let at = try await VaultForTests()
        try at.write("a.env", "TOKEN=1")
        let key = AgeIdentity()
        let secrets = try SecretsComponent(
            name: "c",
            paths: [at.source],
            recipients: [key.recipient]
        )
        let first = try await at.backUp(secrets)
        let path = at.source.appending("a.env")
        var plain: [UInt8] = []
        try await tree(at, first, [at.identity, key]).read(path) { plain += $0 }
        #expect(plain == Array("TOKEN=1".utf8))
        var sealed: [UInt8] = []
        try await tree(at, first).read(path, isSealed: true) { sealed += $0 }
        #expect(AgeFile.isAgeFile(sealed))
        // Sealed anew to somebody else it is the same secret.
        let other = try SecretsComponent(
            name: "c",
            paths: [at.source],
            recipients: [AgeIdentity().recipient]
        )
        let second = try await at.backUp(other)
        var count = 0
        try await tree(at, first).differences(to: tree(at, second), .everything) { _ in count += 1 }
        #expect(count == 0)
    }
}
