import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Keys of a host that the operator revoked, while a thief goes on signing with them.
@Suite struct RevocationTests {
    /// A vault with two snapshots, and a third that a thief made after its host's key was revoked.
    private struct Scene {
        let store: MemoryStore
        /// What the thief has: the keys, and no word of the revocation.
        let thief: VaultFixture
        let owner: VaultFixture
        let good: [Snapshot]
        let false_: Snapshot

        init(since days: Int? = nil) async throws {
            store = MemoryStore(now: Instant(seconds: 1_790_000_000))
            thief = try await VaultFixture(in: store)
            var good: [Snapshot] = []
            for number in 1...2 {
                good.append(try await thief.backUp(["a": [UInt8(number)]]))
                store.advance(by: .seconds(86_400))
            }
            self.good = good
            let now = store.now
            let since = days.map { now - .seconds(Int64($0) * 86_400) }
            owner = try await thief.revokingKey(since: since)
            false_ = try await thief.backUp(["a": [66]])
        }

        func damage(_ fixture: VaultFixture) async throws -> [String] {
            try await VaultCheck(fixture.vault).run { _ in }.damage.map(\.object)
        }

        /// What a check names that is no damage.
        func distrusted(_ fixture: VaultFixture) async throws -> [String] {
            let report = try await VaultCheck(fixture.vault).run { _ in }
            #expect(report.damage == [])
            return report.distrusted.map(\.object)
        }
    }

    @Test func `what a revoked key signs is found, and used by nobody who was not told to`()
        async throws
    {
        let scene = try await Scene()
        let vault = scene.owner.vault
        let list = try await vault.snapshots()
        #expect(list.snapshots.map(\.id) == scene.good.map(\.id))
        #expect(list.refused.map(\.code) == [.revoked])
        let newest = try await vault.newest(of: scene.owner.stream)
        #expect(newest.heads.map(\.id) == [scene.good[1].id])
        #expect(newest.revoked == 1 && newest.refused.isEmpty && newest.highestSeq == 3)
        #expect(try await scene.distrusted(scene.owner) == ["\(scene.false_.id)"])
        var told = scene.owner
        told.vault = vault.acceptingRevoked
        #expect(vault.distrusts(scene.false_) && !told.vault.distrusts(scene.false_))
        #expect(try await told.restore(scene.false_) == ["a": [66]])
        #expect(try await scene.owner.restore(scene.good[1]) == ["a": [2]])
    }

    @Test func `the host writes nothing until it has new keys, and then goes on above`()
        async throws
    {
        let scene = try await Scene()
        let refusal = await fault { try await scene.owner.backUp(["a": [3]]) }
        #expect(refusal?.code == .keyRevoked && refusal?.code.exit == .wrongKey)
        #expect(refusal?.hints.contains { $0.contains("key enrol") } == true)
        let document = await fault {
            try await scene.owner.vault.publish(
                Tombstone(),
                in: .collections,
                keys: scene.owner.keys,
                at: scene.owner.time
            )
        }
        #expect(document?.code == .keyRevoked)
        let again = await fault {
            _ = try await scene.owner.vault.enrol(
                scene.owner.keys,
                recipients: [scene.owner.identity.recipient],
                operator: scene.owner.operatorKey,
                at: scene.owner.time
            )
        }
        #expect(again?.code == .keyRevoked)
        let renewed = try await scene.owner.withNewKeys()
        let next = try await renewed.backUp(["a": [3]])
        #expect(next.head.seq == 4)
        let object = try #require(scene.store.contents[named("\(scene.good[1].id)")])
        #expect(next.head.previous == [Hashing.sha256(object)])
        let packs = Set(next.head.packs.map(\.id))
        #expect(
            packs.isDisjoint(
                with: (scene.good + [scene.false_]).flatMap { $0.head.packs.map(\.id) }
            )
        )
        #expect(try await renewed.restore(next) == ["a": [3]])
        #expect(try await scene.distrusted(renewed) == ["\(scene.false_.id)"])
        // The new enrolment says it too, so that a lost revocation makes nothing trusted again.
        let revocation = try #require(
            Forgery.names(scene.store, "hosts/").first { $0.text.contains("revoked-") }
        )
        scene.store.tamper(revocation, nil)
        let lost = try await renewed.opened(in: scene.store)
        #expect(try await lost.vault.snapshots().snapshots.map(\.id) == [next.id])
        let damage = try await scene.damage(lost)
        #expect(damage.contains("hosts/alpha/000002.json"))
        #expect(damage.count == 4)
    }

    @Test func `what was stored since the moment is not trusted, whatever its time or number`()
        async throws
    {
        let scene = try await Scene(since: 1)
        #expect(try await scene.owner.vault.snapshots().snapshots.map(\.id) == [scene.good[0].id])
        // Dated back, with a low number, beside the one that is trusted.
        let first = try #require(scene.store.contents[named("\(scene.good[0].id)")])
        let forged = Forgery.signed(first, by: scene.thief.keys.signing) {
            $0.replacing("\"problems\":0", with: "\"problems\":1")
        }
        let name = try Forgery.name("snapshots/alpha.shop.data/0000000001", forged)
        scene.store.tamper(name, forged)
        let list = try await scene.owner.vault.snapshots()
        #expect(list.snapshots.map(\.id) == [scene.good[0].id])
        #expect(list.refused.map(\.code) == [.revoked, .revoked, .revoked])
    }

    @Test func `an earlier moment given later counts, a later one does not, and lists add up`()
        async throws
    {
        let scene = try await Scene(since: 1)
        let start = scene.store.now - .seconds(10 * 86_400)
        let later = scene.store.now + .seconds(60)
        let wider = try await scene.owner.revokingKey(again: true, since: later)
        #expect(try await wider.vault.snapshots().snapshots.map(\.id) == [scene.good[0].id])
        // A copy that was away holds one snapshot more of the time before.
        let away = MemoryStore(now: start)
        for (name, bytes) in scene.store.contents { try await away.put(name, bytes) }
        let there = try await scene.owner.opened(in: away)
        #expect(try await there.vault.snapshots().snapshots.count == 1)
        scene.store.tamper(try named("\(scene.good[1].id)"), nil)
        scene.store.tamper(try named("\(scene.false_.id)"), nil)
        away.tamper(try named("\(scene.false_.id)"), nil)
        // The host has new keys meanwhile, which stay as they are.
        let renewed = try await scene.owner.withNewKeys()
        let added = try await renewed.revokingKey(again: true, in: [there.vault])
        let both = try await added.opened(in: away)
        #expect(try await both.vault.snapshots().snapshots.map(\.id) == scene.good.map(\.id))
        #expect(!added.vault.isRevoked(renewed.keys.signing.verifyKey, host: "alpha"))
        let narrower = try await added.revokingKey(again: true, since: start)
        #expect(try await narrower.vault.snapshots().snapshots.isEmpty)
        #expect(try await narrower.backUp(["a": [9]]).head.seq == 2)
    }

    @Test func `a host that was stolen twice keeps a moment for each of its keys`() async throws {
        let scene = try await Scene(since: 1)
        let second = try await scene.owner.withNewKeys()
        let good = try await second.backUp(["a": [4]])
        scene.store.advance(by: .seconds(3 * 86_400))
        let owner = try await second.revokingKey()
        let false_ = try await second.backUp(["a": [5]])
        let trusted = [scene.good[0].id, good.id]
        #expect(try await owner.vault.snapshots().snapshots.map(\.id) == trusted)
        let again = try await owner.revokingKey(again: true)
        #expect(try await again.vault.snapshots().snapshots.map(\.id) == trusted)
        #expect(try await again.vault.snapshots().refused.count == 3)
        #expect(again.vault.distrusts(false_))
        let none = await fault { _ = try await again.revokingKey() }
        #expect(
            none?.code == .hostUnknown && none?.hints.contains { $0.contains("--again") } == true
        )
        let fresh = try await VaultFixture(in: MemoryStore())
        let nothing = await fault { _ = try await fresh.revokingKey(again: true) }
        #expect(nothing?.code == .hostUnknown)
    }

    @Test func `only the operator revokes, in this vault, under the right name`() async throws {
        let scene = try await Scene()
        let name = try #require(
            Forgery.names(scene.store, "hosts/").first { $0.text.contains("revoked-") }
        )
        let bytes = try #require(scene.store.contents[name])
        scene.store.tamper(name, nil)
        let other = try await Scene()
        let foreign = try #require(
            other.store.contents.first { $0.key.text.contains("revoked-") }?.value
        )
        let resigned = Forgery.document(bytes, by: scene.thief.keys.signing) { $0 }
        let edited = Forgery.document(bytes, by: scene.thief.operatorKey) {
            $0.replacing("\"type\":\"revocation\"", with: "\"type\":\"host\"")
        }
        for (host, bytes) in [
            ("alpha", resigned), ("alpha", foreign), ("alpha", edited), ("beta", bytes),
        ] {
            let short = Hashing.sha256(bytes).short
            let false_ = try named("hosts/\(host)/revoked-\(short).json")
            let copy = scene.store.copy()
            copy.tamper(false_, bytes)
            let opened = try await scene.thief.opened(in: copy)
            // What the operator signed for another host is no damage of this one.
            let isCopy = host == "beta"
            #expect(opened.vault.revocations.isEmpty)
            #expect(opened.vault.refusedHosts.isEmpty == isCopy)
            #expect(try await opened.vault.snapshots().snapshots.count == 3)
            let found = isCopy ? scene.distrusted : scene.damage
            #expect(try await found(opened) == [false_.text])
        }
        let refusal = await fault {
            _ = try await scene.thief.vault.revocations(
                of: "alpha",
                since: nil,
                seenIn: [scene.thief.vault],
                operator: scene.thief.keys.signing,
                at: scene.thief.time
            )
        }
        #expect(refusal?.code == .notOperator)
        let unknown = await fault {
            _ = try await scene.thief.vault.revocations(
                of: "beta",
                since: nil,
                seenIn: [scene.thief.vault],
                operator: scene.thief.operatorKey,
                at: scene.thief.time
            )
        }
        #expect(unknown?.code == .hostUnknown)
    }

    @Test func `a listed hash in the name of another object makes nothing trusted`() async throws {
        let scene = try await Scene()
        let good = scene.good[1].id
        let object = try #require(scene.store.contents[named("\(good)")])
        // Heads are read without their bodies, so that nothing compares a name's hash with them.
        let forged = Forgery.signed(object, by: scene.thief.keys.signing) {
            $0.replacing("\"seq\":2", with: "\"seq\":7")
        }
        let name = try named("snapshots/alpha.shop.data/0000000007-\(good.short)")
        scene.store.tamper(name, forged)
        let vault = scene.owner.vault
        #expect(try await vault.snapshots().snapshots.map(\.id) == scene.good.map(\.id))
        #expect(try await vault.newest(of: scene.owner.stream).heads.map(\.id) == [good])
        #expect(try await scene.distrusted(scene.owner) == ["\(scene.false_.id)", name.text])
    }

    @Test func `more objects than one document lists are several documents`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let snapshot = try await fixture.backUp(["a": [1]])
        for number in 1...25_000 {
            let digits = String(number + (1 << 40), radix: 16)
            let short = String(repeating: "0", count: 16 - digits.count) + digits
            store.tamper(try named("log/alpha.shop.data/00000001/history-\(short)"), [1])
        }
        let owner = try await fixture.revokingKey()
        #expect(owner.vault.revocations.map(\.count).sorted() == [1, 25_000])
        for (name, bytes) in store.contents where name.text.contains("revoked-") {
            #expect(bytes.count < 1 << 20)
        }
        #expect(try await owner.vault.snapshots().snapshots.map(\.id) == [snapshot.id])
    }
}
