import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct DamageTests {
    private static func someFiles(_ seed: UInt64) -> [String: [UInt8]] {
        var random = SeededGenerator(seed: seed)
        return [
            "a": random.bytes(200_000), "b": random.text(100_000), "pages/c": random.bytes(100_000),
        ]
    }

    /// The numbers of the calls that store packs when files go into a new vault.
    private static func packPuts(of files: [String: [UInt8]]) async throws -> [Int] {
        let store = MemoryStore()
        try await VaultFixture(in: store).backUp(files)
        let puts = store.operations.filter { $0.kind == .put }
        let numbers = puts.indices.filter { puts[$0].name.hasPrefix("packs/") }.map { $0 + 1 }
        #expect(numbers.count > 1)
        return numbers
    }

    @Test func `a pack that vanished is named, and the next backup heals itself`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let files = Self.someFiles(1)
        let first = try await fixture.backUp(files)
        for (number, name) in Forgery.names(store, "packs/").enumerated() {
            for isForgetting in [false, true] {
                let copy = store.copy()
                copy.tamper(name, nil)
                let broken = try await fixture.opened(in: copy)
                let report = try await VaultCheck(broken.vault).run { _ in }
                #expect(report.damage.map(\.object) == [name.text])
                #expect(await fault { _ = try await broken.restore(first) }?.code == .missingObject)
                let healer =
                    isForgetting
                    ? VaultFixture(movingTo: try ScratchFolder(), from: broken) : broken
                let second = try await healer.backUp(files)
                #expect(try await healer.restore(second) == files, "pack \(number)")
                #expect(!second.head.packs.contains { name.text.hasSuffix($0.id.description) })
            }
        }
    }

    @Test(arguments: [0, 1, 15, 16, 4_000]) func `a pack that was cut short is not built upon`(
        length: Int
    ) async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let files = Self.someFiles(2)
        let first = try await fixture.backUp(files)
        let packs = Forgery.names(store, "packs/")
        let name = try #require(
            packs.max {
                store.contents[$0, default: []].count < store.contents[$1, default: []].count
            }
        )
        store.tamper(name, try #require(store.contents[name]).prefix(length).map(\.self))
        let refusal = await fault { _ = try await fixture.restore(first) }
        #expect(refusal?.code.exit == .damaged)
        let second = try await fixture.backUp(files)
        #expect(try await fixture.restore(second) == files)
        #expect(!second.head.packs.contains { name.text.hasSuffix($0.id.description) })
    }

    @Test func `a damaged pack is found without a key and with one`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let first = try await fixture.backUp(Self.someFiles(3))
        let name = try #require(Forgery.names(store, "packs/").first)
        var bytes = try #require(store.contents[name])
        bytes[bytes.count / 2] ^= 1
        store.tamper(name, bytes)
        let keyless = try await VaultCheck(fixture.vault).run { _ in }
        #expect(keyless.damage.map(\.object) == [name.text])
        let deep = try await VaultCheck(fixture.vault, .deep([fixture.identity])).run { _ in }
        #expect(deep.damage.map(\.object).contains(name.text))
        #expect(deep.damage.map(\.object).contains(first.id.description))
    }

    @Test func `after a check found damage, the next backup stores that content anew`() async throws
    {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let files = Self.someFiles(10)
        try await fixture.backUp(files)
        var trapped = 0
        for (number, name) in Forgery.names(store, "packs/").enumerated() {
            for isForgetting in [false, true] {
                let copy = store.copy()
                let good = try #require(copy.contents[name])
                var bytes = good
                bytes[bytes.count / 2] ^= 1
                copy.tamper(name, bytes)
                var broken = try await fixture.opened(in: copy)
                broken = VaultFixture(movingTo: try ScratchFolder(), from: broken)
                // Nobody knows yet, so the damaged pack is built upon.
                let unknowing = try await broken.backUp(files)
                do { _ = try await broken.restore(unknowing) } catch { trapped += 1 }
                #expect(try await broken.check().damage.map(\.object) == [name.text])
                let healer =
                    isForgetting
                    ? VaultFixture(movingTo: try ScratchFolder(), from: broken) : broken
                let healed = try await healer.backUp(files)
                #expect(try await healer.restore(healed) == files, "pack \(number)")
                #expect(!healed.head.packs.contains { name.text.hasSuffix($0.id.description) })
                // Mended and verified, it is good again: with a lost table, all of it is used.
                copy.tamper(name, good)
                let unverified = try await healer.backUp(files)
                #expect(!unverified.head.packs.contains { name.text.hasSuffix("\($0.id)") })
                #expect(try await healer.check().damage == [])
                #expect(try await healer.vault.checkHistory().open.isEmpty)
            }
        }
        #expect(trapped > 0)
    }

    @Test func `the content of an unchanged file is read again when its pack is damaged`()
        async throws
    {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        var random = SeededGenerator(seed: 11)
        let first = try await fixture.backUp(["a": random.bytes(50_000)])
        let entry = try #require(try await fixture.entries(of: first).first { $0.kind == .file })
        let pack = try #require(entry.extents.first).pack
        for isKnown in [false, true] {
            if isKnown {
                for name in Forgery.names(store, "packs/") {
                    guard case .pack(let id) = VaultName(name), id.prefix == pack else { continue }
                    var bytes = try #require(store.contents[name])
                    bytes[bytes.count / 2] ^= 1
                    store.tamper(name, bytes)
                }
                #expect(try await fixture.check().damage.count == 1)
            }
            _ = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
                (session) async throws(Fault) in
                #expect((session.content(of: entry) == nil) == isKnown)
                return BackupDraft(time: fixture.time)
            }
        }
    }

    @Test func `a backup looks at one check while no damage is known`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        try await fixture.backUp(Self.someFiles(12))
        for _ in 0..<5 { _ = try await fixture.check { $0.budget = ByteCount(1) } }
        store.forgetOperations()
        try await fixture.backUp(Self.someFiles(12))
        let reads = store.operations.filter { $0.kind == .get && $0.name.hasPrefix("checks/") }
        #expect(reads.count == 1)
    }

    @Test func `a store that loses or shortens a pack cannot make a snapshot`() async throws {
        for number in 1...2 {
            for misbehaviour in [FaultyStore.Misbehaviour.pretend, .short(100)] {
                let inner = MemoryStore()
                let store = FaultyStore(
                    inner,
                    [.init(.put, below: "packs/", number: number, misbehaviour)]
                )
                let fixture = try await VaultFixture(in: store)
                let refusal = await fault { try await fixture.backUp(Self.someFiles(4)) }
                #expect(refusal?.code == .vanished, "\(number)")
                #expect(Forgery.names(inner, "snapshots/").isEmpty)
                let again = try await fixture.backUp(Self.someFiles(4))
                #expect(try await fixture.restore(again) == Self.someFiles(4))
            }
        }
    }

    @Test func `a snapshot that the store loses or shortens is no success`() async throws {
        let files = Self.someFiles(9)
        for misbehaviour in [FaultyStore.Misbehaviour.pretend, .short(100)] {
            let inner = MemoryStore()
            let fixture = try await VaultFixture(
                in: FaultyStore(
                    inner,
                    [.init(.put, below: "snapshots/", number: 1, misbehaviour)]
                )
            )
            #expect(await fault { try await fixture.backUp(files) }?.code == .vanished)
            let again = try await fixture.backUp(files)
            #expect(try await fixture.restore(again) == files)
        }
    }

    @Test func `a bit that the store flips while storing is found`() async throws {
        let inner = MemoryStore()
        let store = FaultyStore(inner, [.init(.put, number: 6, .flip(at: 5_000))])
        let fixture = try await VaultFixture(in: store)
        try await fixture.backUp(Self.someFiles(5))
        let report = try await VaultCheck(fixture.vault).run { _ in }
        #expect(report.damage.count == 1)
        #expect(report.damage.first?.object.hasPrefix("packs/") == true)
    }

    @Test func `a failure of the store ends the session with that failure`() async throws {
        let broken = Fault(.storeUnreachable, "unable to reach store 'x': it is down")
        for number in try await Self.packPuts(of: Self.someFiles(6)) {
            for misbehaviour in [FaultyStore.Misbehaviour.fail(broken), .failAfterwards(broken)] {
                let inner = MemoryStore()
                let store = FaultyStore(inner, [.init(.put, number: number, misbehaviour)])
                let fixture = try await VaultFixture(in: store)
                #expect(
                    await fault { try await fixture.backUp(Self.someFiles(6)) }?.code
                        == .storeUnreachable
                )
                let again = try await fixture.backUp(Self.someFiles(6))
                #expect(try await fixture.restore(again) == Self.someFiles(6))
            }
        }
    }

    @Test func `a listing that fails is not taken for an empty store`() async throws {
        let broken = Fault(.storeUnreachable, "unable to reach store 'x': it is down")
        for number in 1...8 {
            let inner = MemoryStore()
            let fixture = try await VaultFixture(in: inner)
            let first = try await fixture.backUp(Self.someFiles(7))
            let store = FaultyStore(inner, [.init(.list, number: number, .fail(broken))])
            let vault = fixture
            do {
                let opened = try await vault.opened(in: store)
                let second = try await opened.backUp(Self.someFiles(7))
                #expect(second.head.sizes.added == 0 && second.head.previous.count == 1)
            } catch { #expect(error.code == .storeUnreachable) }
            #expect(try await fixture.restore(first) == Self.someFiles(7))
        }
    }

    @Test func `a listing that shows too little makes a larger backup, never a broken one`()
        async throws
    {
        for count in [0, 1, 2] {
            let inner = MemoryStore()
            let fixture = try await VaultFixture(in: inner)
            try await fixture.backUp(Self.someFiles(8))
            // Listing 1: hosts, 2: snapshots, 3: tombstones, 4: packs.
            let store = FaultyStore(inner, [.init(.list, number: 4, .short(count))])
            let opened = try await fixture.opened(in: store)
            let second = try await opened.backUp(Self.someFiles(8))
            #expect(try await opened.restore(second) == Self.someFiles(8))
            #expect(second.head.sizes.added > 0)
            #expect(try await VaultCheck(opened.vault).run { _ in }.damage == [])
        }
    }

    @Test func `a body that fails leaves nothing behind`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let refusal = await fault {
            _ = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
                (session) async throws(Fault) in
                _ = try await VaultFixture.store([1, 2, 3], .chunks, in: session)
                throw Fault(.invalidValue, "unable to read file 'x': gone")
            }
        }
        #expect(refusal?.code == .invalidValue)
        #expect(Forgery.names(store, "snapshots/").isEmpty)
        try await fixture.backUp(["a": [1]])
    }

    @Test func `a stream has one writer at a time`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        let inner = fixture
        _ = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
            (_) async throws(Fault) in
            do throws(Fault) {
                try await inner.backUp(["a": [1]])
                Issue.record("two sessions wrote one stream")
            } catch { #expect(error.code == .streamBusy) }
            return BackupDraft(time: Instant(seconds: 0))
        }
        #expect(try await fixture.backUp(["a": [1]]).head.seq == 2)
    }
}
