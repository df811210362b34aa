import Model
import Sealing
import TestKit
import Testing
import Vault

@Suite struct RoundTripTests {
    @Test func `files of every shape come back as they were`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        let files = SampleFiles.manyShapes(seed: 1)
        let snapshot = try await fixture.backUp(files)
        #expect(try await fixture.restore(snapshot) == files)
        #expect(snapshot.head.sizes.source == files.values.reduce(0) { $0 + Int64($1.count) })
        let report = try await VaultCheck(fixture.vault, .deep([fixture.identity])).run { _ in
        }
        #expect(report.damage == [])
        #expect(report.foreign == [])
        #expect(report.files == files.count)
        #expect(report.snapshots == 1)
        #expect(report.unreferenced == 0)
    }

    @Test func `the content reader gives what the restore gives`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        let files = SampleFiles.manyShapes(seed: 2)
        let snapshot = try await fixture.backUp(files)
        let reader = try ContentReader(
            fixture.vault,
            snapshot: snapshot,
            identities: [fixture.identity]
        )
        for entry in try await fixture.entries(of: snapshot) where entry.kind == .file {
            var bytes: [UInt8] = []
            try await reader.read(entry) { bytes += $0 }
            #expect(bytes == files[entry.displayedPath], "\(entry.displayedPath)")
        }
    }

    @Test func `five thousand small files come back as they were`() async throws {
        var random = SeededGenerator(seed: 3)
        var files: [String: [UInt8]] = [:]
        for index in 0..<5_000 {
            files["d\(index % 50)/f\(index)"] = random.text(Int(random.next() % 300))
        }
        let fixture = try await VaultFixture(in: MemoryStore(), packBytes: 1 << 20)
        let snapshot = try await fixture.backUp(files)
        #expect(snapshot.head.sizes.entries == 5_050)
        #expect(try await fixture.restore(snapshot) == files)
        try fixture.forgetState()
        let again = try await fixture.backUp(files)
        #expect(again.head.sizes.added == 0)
    }

    @Test(arguments: [4_095, 4_096, 4_097, 8_192, 9_000])
    func `an entry with very many extents takes several records`(extents: Int) async throws {
        // Pages and zero pages in turn, so that no two extents join.
        var random = SeededGenerator(seed: UInt64(extents))
        var bytes: [UInt8] = []
        for index in 0..<extents {
            bytes += index.isMultiple(of: 2) ? random.bytes(512) : [UInt8](repeating: 0, count: 512)
        }
        let fixture = try await VaultFixture(in: MemoryStore(), packBytes: 1 << 20)
        let files = ["pages512/a": bytes, "z": [1]]
        let snapshot = try await fixture.backUp(files)
        let entries = try await fixture.entries(of: snapshot)
        #expect(entries.first { $0.path == Array("pages512/a".utf8) }?.extents.count == extents)
        #expect(try await fixture.restore(snapshot) == files)
    }

    @Test func `everything that an entry says comes back`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        var wanted: [ManifestEntry] = []
        for (index, kind) in ManifestEntry.Kind.allCases.enumerated() where kind != .file {
            var entry = ManifestEntry(path: [65, UInt8(index), 0xff, 10], kind: kind, mode: 0o7777)
            entry.owner = 4_294_967_295
            entry.group = UInt32(index)
            entry.ownerName = "owner"
            entry.groupName = "grüppe"
            entry.modified = Instant(nanoseconds: -1 - Int64(index))
            entry.target = [1, 2, 0xff]
            entry.attributes = [.init(name: [1], value: []), .init(name: [2], value: [0, 255])]
            entry.deviceNumber = .max
            entry.source = .init(device: 1, inode: .max, changed: Instant(nanoseconds: .min))
            entry.secretTag = [9, 9]
            entry.changedWhileRead = true
            wanted.append(entry)
        }
        let entries = wanted
        let snapshot = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
            (session) async throws(Fault) in
            for entry in entries { try session.add(entry) }
            return BackupDraft(time: Instant(seconds: 5), facts: ["a": "ü\"/"], problems: 3)
        }
        #expect(try await fixture.entries(of: snapshot) == wanted)
        let read = try #require(try await fixture.vault.snapshots().snapshots.first)
        #expect(read.head.facts == ["a": "ü\"/"])
        #expect(read.head.problems == 3)
        #expect(read.head.time == Instant(seconds: 5))
        #expect(read.head.started == fixture.time && read.head.finished == fixture.time)
        #expect(read.head.set == "set-1" && read.head.kind == .files)
    }

    @Test func `a backup of nothing is a snapshot`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        let snapshot = try await fixture.backUp([:])
        #expect(try await fixture.restore(snapshot) == [:])
        #expect(snapshot.head.seq == 1 && snapshot.head.previous == [])
    }

    @Test func `bytes may come in pieces of any length`() async throws {
        var random = SeededGenerator(seed: 8)
        let bytes =
            random.text(700_000) + [UInt8](repeating: 0, count: 20_000) + random.bytes(50_001)
        let fixture = try await VaultFixture(in: MemoryStore(), packBytes: 1 << 20)
        let first = try await fixture.backUp(["a": bytes, "pages/a": bytes])
        for step in [1_000, 8_192, 77_777, bytes.count] {
            let snapshot = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
                (session) async throws(Fault) in
                let chunks = session.chunks(sizeHint: 0)
                let pages = session.pages(pageBytes: 8192)
                for start in stride(from: 0, to: bytes.count, by: step) {
                    let part = bytes[start..<min(start + step, bytes.count)]
                    try await chunks.write(part)
                    try await pages.write(part)
                }
                for (path, content) in [
                    ("a", try await chunks.finish()), ("pages/a", try await pages.finish()),
                ] {
                    try session.add(
                        ManifestEntry(path: Array(path.utf8), kind: .file, mode: 0o600),
                        content: content
                    )
                }
                return BackupDraft(time: Instant(seconds: 0))
            }
            // Only the manifest is new: its entries have other modes than the first.
            #expect(snapshot.head.sizes.added < 2_000, "\(step)")
            #expect(snapshot.head.seq > first.head.seq)
            #expect(try await fixture.restore(snapshot) == ["a": bytes, "pages/a": bytes])
        }
    }
}
