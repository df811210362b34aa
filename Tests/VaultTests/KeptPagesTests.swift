import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Pages that a snapshot takes over from the one before without their bytes.
@Suite struct KeptPagesTests {
    private let page = 8_192
    private let path = Array("pages/a".utf8)

    /// What a session did with a file.
    private struct Outcome {
        let snapshot: Snapshot
        /// How many pages were written; nil when the file before was not remembered.
        let written: Int?
    }

    /// Backs a file up of which only `changed` pages, and those that cannot be kept, are written.
    private func backUp(
        _ fixture: VaultFixture,
        _ bytes: [UInt8],
        changed: Set<Int>
    ) async throws -> Outcome {
        var written: Int?
        let time = fixture.time
        let snapshot = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
            session async throws(Fault) in
            let writer = session.pages(pageBytes: page)
            let prior = session.remembered(path)
            let pages = bytes.count / page
            let known = min(pages, prior?.pages ?? 0)
            var missing = Set<Int>()
            if let prior {
                written = 0
                for range in session.missing(0..<known, of: prior) { missing.formUnion(range) }
            }
            for number in 0..<pages {
                if let prior, number < known, !changed.contains(number), !missing.contains(number) {
                    try writer.keep(number..<number + 1, of: prior)
                } else {
                    if prior != nil { written = (written ?? 0) + 1 }
                    try await writer.write(bytes[number * page..<(number + 1) * page])
                }
            }
            let content = try await writer.finish()
            try session.add(ManifestEntry(path: path, kind: .file, mode: 0o600), content: content)
            return BackupDraft(time: time)
        }
        return Outcome(snapshot: snapshot, written: written)
    }

    private func contents(_ fixture: VaultFixture, _ outcome: Outcome) async throws -> [UInt8]? {
        try await fixture.restore(outcome.snapshot)["pages/a"]
    }

    @Test(arguments: [UInt64(61), 62]) func `kept and written pages make the model's file`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        let fixture = try await VaultFixture(in: MemoryStore())
        var bytes = random.bytes(60 * page)
        bytes.replaceSubrange(0..<page, with: [UInt8](repeating: 0, count: page))
        var kept: [(Outcome, [UInt8])] = []
        var changed = Set<Int>()
        for round in 0..<30 {
            let outcome = try await backUp(fixture, bytes, changed: changed)
            kept.append((outcome, bytes))
            #expect((outcome.written == nil) == (round == 0), "seed \(seed), round \(round)")
            changed = Set((0..<Int(random.next() % 6)).map { _ in Int(random.next() % 60) })
            switch random.next() % 4 {
            case 0: bytes += random.bytes(3 * page)
            case 1 where bytes.count > 20 * page: bytes.removeLast(page)
            default: break
            }
            for number in changed where (number + 1) * page <= bytes.count {
                let new =
                    random.next() % 3 == 0
                    ? [UInt8](repeating: 0, count: page) : random.bytes(page)
                bytes.replaceSubrange(number * page..<(number + 1) * page, with: new)
            }
        }
        for (outcome, model) in kept {
            #expect(try await contents(fixture, outcome) == model, "seed \(seed)")
        }
        let few = kept.dropFirst().compactMap(\.0.written)
        #expect(few.reduce(0, +) < 30 * 20)
        // What a full reading says of the last one is the same.
        let whole = try await fixture.backUp(["pages/a": kept[29].1])
        let digest = try #require(try await digest(fixture, kept[29].0.snapshot))
        #expect(try await self.digest(fixture, whole) == digest)
    }

    private func digest(
        _ fixture: VaultFixture,
        _ snapshot: Snapshot
    ) async throws -> ManifestEntry.Digest? {
        try await fixture.entries(of: snapshot).first { $0.path == path }?.digest
    }

    @Test func `ids that are not what they were, or of another snapshot, count for nothing`()
        async throws
    {
        var random = SeededGenerator(seed: 63)
        let bytes = random.bytes(40 * page)
        let fixture = try await VaultFixture(in: MemoryStore())
        let book = fixture.state.path.appending("\(fixture.stream).pages")
        _ = try await backUp(fixture, bytes, changed: [])
        let whole = try DurableFile.read(book, limit: ByteCount(1 << 20))
        // Any byte: it is noticed, or says nothing of the file.
        for offset in stride(from: 0, to: whole.count, by: 7) {
            var torn = whole
            torn[offset] ^= 0x10
            try DurableFile.replace(book, with: torn, mode: 0o600)
            try await look(fixture) { session in
                guard let file = session.remembered(path) else { return }
                #expect(Int(file.size) == bytes.count, "byte \(offset)")
            }
        }
        for length in stride(from: 0, to: whole.count, by: 97) {
            try DurableFile.replace(book, with: Array(whole.prefix(length)), mode: 0o600)
            try await look(fixture) { #expect($0.remembered(path) == nil, "\(length)") }
        }
        try FileSystem.removeFile(book)
        let lost = try await backUp(fixture, bytes, changed: [])
        #expect(lost.written == nil)
        // The book of the first snapshot is not that of the second.
        try DurableFile.replace(book, with: whole, mode: 0o600)
        let other = try await backUp(fixture, bytes, changed: [])
        #expect(other.written == nil)
        let again = try await backUp(fixture, bytes, changed: [])
        #expect(again.written == 0)
        #expect(try await contents(fixture, again) == bytes)
    }

    @Test func `pages of lost packs, or for earlier recipients, are written again`() async throws {
        var random = SeededGenerator(seed: 64)
        let bytes = random.bytes(40 * page)
        let store = MemoryStore()
        var fixture = try await VaultFixture(in: store)
        _ = try await backUp(fixture, bytes, changed: [])
        let packs = store.contents.keys.filter { $0.text.hasPrefix("packs/") }.sorted()
        #expect(packs.count > 1)
        store.tamper(packs[0], nil)
        let mended = try await backUp(fixture, bytes, changed: [])
        #expect((mended.written ?? 0) < 40)
        #expect(try await contents(fixture, mended) == bytes)
        let other = AgeIdentity()
        fixture.vault = try await fixture.vault.enrol(
            fixture.keys,
            recipients: [other.recipient],
            operator: fixture.operatorKey,
            at: fixture.time
        )
        let resealed = try await backUp(fixture, bytes, changed: [])
        #expect(resealed.written == 40)
        #expect(try await fixture.restore(resealed.snapshot, identities: [other]).count == 1)
    }

    /// Opens a session and gives it up.
    private func look(
        _ fixture: VaultFixture,
        _ body: (BackupSession) -> Void
    ) async throws {
        do throws(Fault) {
            _ = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
                session throws(Fault) in
                body(session)
                throw Fault(.cancelled, "unable to go on: it was only a look")
            }
        } catch { #expect(error.code == .cancelled) }
    }
}
