import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct ForgeryTests {
    private static let files = ["a": [1, 2, 3] as [UInt8]]

    private struct Scene {
        let store = MemoryStore()
        let fixture: VaultFixture
        let snapshot: Snapshot
        let object: [UInt8]

        init() async throws {
            fixture = try await VaultFixture(in: store)
            snapshot = try await fixture.backUp(ForgeryTests.files)
            object = try #require(store.contents[named(snapshot.id.description)])
        }

        /// What a reader says with an object added.
        func adding(_ name: ObjectName, _ object: [UInt8]) async throws -> (
            good: Int, refused: [Fault]
        ) {
            let copy = store.copy()
            copy.tamper(name, object)
            let vault = try await Vault.open(copy, expecting: fixture.vault.id)
            let list = try await vault.snapshots()
            let report = try await VaultCheck(vault).run { _ in }
            let others = report.damage.map(\.object).filter { $0 != name.text }
            #expect(others.isEmpty)
            let found = report.damage + report.distrusted
            #expect(found.isEmpty == list.refused.isEmpty)
            return (list.snapshots.count, list.refused)
        }
    }

    @Test func `a snapshot that an unknown key signed is refused`() async throws {
        let scene = try await Scene()
        for by in [SigningKey(), scene.fixture.operatorKey] {
            let object = Forgery.signed(scene.object, by: by) {
                $0.replacing("\(scene.fixture.keys.signing.verifyKey)", with: "\(by.verifyKey)")
            }
            let (good, refused) = try await scene.adding(
                Forgery.name("snapshots/alpha.shop.data/0000000001", object),
                object
            )
            #expect(good == 1)
            #expect(refused.map(\.code) == [.untrusted])
        }
        // The right key named, another one used.
        let object = Forgery.signed(scene.object, by: SigningKey()) { $0 }
        let (_, refused) = try await scene.adding(
            Forgery.name("snapshots/alpha.shop.data/0000000001", object),
            object
        )
        #expect(refused.map(\.code) == [.untrusted])
    }

    @Test(arguments: [
        "alpha.shop.data/0000000002", "alpha.shop.other/0000000001", "beta.shop.data/0000000001",
    ])
    func `a snapshot under another name is refused`(place: String) async throws {
        let scene = try await Scene()
        let (good, refused) = try await scene.adding(
            Forgery.name("snapshots/\(place)", scene.object),
            scene.object
        )
        #expect(good == 1)
        #expect(refused.map(\.code) == [.misplaced])
    }

    @Test(arguments: [
        ("2026-", "2025-"), ("\"seq\":1", "\"seq\":2"), ("\"problems\":0", "\"problems\":1"),
        ("\"kind\":\"files\"", "\"kind\":\"redis\""),
    ])
    func `a head that was changed without its key is refused`(text: String, new: String)
        async throws
    {
        let scene = try await Scene()
        let changed = Forgery.signed(scene.object, by: SigningKey()) {
            $0.replacing(text, with: new)
        }
        #expect(changed.count != scene.object.count || changed != scene.object)
        let seq = new == "\"seq\":2" ? "0000000002" : "0000000001"
        let (good, refused) = try await scene.adding(
            Forgery.name("snapshots/alpha.shop.data/\(seq)", changed),
            changed
        )
        #expect(good == 1)
        #expect(refused.map(\.code) == [.untrusted])
    }

    @Test func `a snapshot of another vault or another host is refused`() async throws {
        let scene = try await Scene()
        let other = try await Scene()
        let (_, refused) = try await scene.adding(
            try named(other.snapshot.id.description),
            other.object
        )
        #expect(refused.map(\.code) == [.damaged])
        // An enrolled host signs for another one.
        let beta = HostKeys(newFor: "beta")
        _ = try await scene.fixture.vault.enrol(
            beta,
            recipients: [scene.fixture.identity.recipient],
            operator: scene.fixture.operatorKey,
            at: scene.fixture.time
        )
        let object = Forgery.signed(scene.object, by: beta.signing) {
            $0.replacing(
                "\(scene.fixture.keys.signing.verifyKey)",
                with: "\(beta.signing.verifyKey)"
            )
            .replacing("\"seq\":1", with: "\"seq\":2")
        }
        let (good, alsoRefused) = try await scene.adding(
            Forgery.name("snapshots/alpha.shop.data/0000000002", object),
            object
        )
        #expect(good == 1)
        #expect(alsoRefused.map(\.code) == [.untrusted])
    }

    @Test(arguments: [
        ("\"format\":1", "\"format\":2"), ("\"type\":\"snapshot\"", "\"type\":\"log\""),
        ("\"body\":{\"bytes\":", "\"body\":{\"bytes\":9223372036854775"),
        ("\"body\":{\"bytes\":", "\"body\":{\"bytes\":-"),
        ("\"packs\":[{\"bytes\":", "\"packs\":[{\"bytes\":-9"),
        ("\"problems\":0", "\"problems\":-1"),
        ("{\"body\"", "{\"body\":1,\"body\""), ("\"problems\":0", "\"problems\":1e99"),
        ("\"problems\":0", "\"problems\":" + String(repeating: "[", count: 5_000)),
    ])
    func `a hostile head with the right signature is refused and breaks nothing`(
        text: String,
        new: String
    ) async throws {
        let scene = try await Scene()
        let object = Forgery.signed(scene.object, by: scene.fixture.keys.signing) {
            $0.replacing(text, with: new)
        }
        #expect(object != scene.object)
        let name = try Forgery.name("snapshots/alpha.shop.data/0000000001", object)
        let (good, refused) = try await scene.adding(name, object)
        #expect(good == 1)
        #expect(refused.count == 1)
    }

    @Test func `two heads with one number are a fork and both can be restored`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        try await fixture.backUp(["a": [1]])
        let other = try await VaultFixture(movingTo: ScratchFolder(), from: fixture)
            .opened(in: store.copy())
        let left = try await fixture.backUp(["a": [1], "b": [2]])
        let right = try await other.backUp(["a": [1], "c": [3]])
        for (name, bytes) in try #require(other.vault.store as? MemoryStore).contents
        where store.contents[name] == nil {
            store.tamper(name, bytes)
        }
        let newest = try await fixture.vault.newest(of: fixture.stream)
        #expect(Set(newest.heads.map(\.id)) == [left.id, right.id])
        #expect(newest.highestSeq == 2)
        #expect(try await fixture.restore(left) == ["a": [1], "b": [2]])
        #expect(try await fixture.restore(right) == ["a": [1], "c": [3]])
        let joined = try await fixture.backUp(["a": [1]])
        #expect(joined.head.seq == 3)
        #expect(joined.head.previous.count == 2)
        #expect(try await VaultCheck(fixture.vault).run { _ in }.damage == [])
    }

    @Test func `false names with the highest numbers do not stop the stream`() async throws {
        let scene = try await Scene()
        for seq in ["9999999999", "9999999998", "4000000000"] {
            let name = try named("snapshots/alpha.shop.data/\(seq)-0123456789abcdef")
            scene.store.tamper(name, [1, 2, 3])
        }
        let next = try await scene.fixture.backUp(Self.files)
        #expect(next.head.previous.count == 1)
        let newest = try await scene.fixture.vault.newest(of: scene.fixture.stream)
        #expect(newest.heads.map(\.id) == [next.id])
        #expect(newest.refused.count == 3)
        #expect(next.head.seq < 1_000_000_000)
    }

    @Test func `a damaged newest snapshot is passed over and its number not used again`()
        async throws
    {
        let scene = try await Scene()
        let second = try await scene.fixture.backUp(["b": [1]])
        let name = try named(second.id.description)
        scene.store.tamper(name, [UInt8](repeating: 0, count: 2_000))
        let third = try await scene.fixture.backUp(Self.files)
        #expect(third.head.seq == 3)
        #expect(third.head.previous == [Hashing.sha256(scene.object)])
        #expect(try await scene.fixture.restore(third) == Self.files)
    }

    @Test func `foreign objects are reported and harm nothing`() async throws {
        let scene = try await Scene()
        let foreign = [
            "other/x", "snapshots/alpha.shop.data/0000000001-abc", "packs/00/00",
            "hosts/x.json",
            "snapshots/alpha.shop.data/1-0123456789abcdef", "log/alpha.shop.data/1/history-00",
            "Thumbs.db",
            "packs/ab/" + String(repeating: "0", count: 64),
            "snapshots/A.b.c/0000000001-0123456789abcdef",
            "hosts/alpha/1000000.json", "snapshots/alpha.shop.data/0000000001-0123456789ABCDEF",
            "log/alpha.shop.data/00000001/0000000000000002-0000000000000001-0123456789abcdef",
        ]
        for name in foreign { scene.store.tamper(try named(name), [1]) }
        let vault = try await Vault.open(scene.store, expecting: nil)
        let report = try await VaultCheck(vault).run { _ in }
        #expect(Set(report.foreign) == Set(foreign))
        #expect(report.damage == [])
        #expect(try await vault.snapshots().refused.isEmpty)
    }
}
