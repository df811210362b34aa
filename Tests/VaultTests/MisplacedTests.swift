import Model
import ObjectStorage
import Sealing
import SystemPackage
import TestKit
import Testing
import Vault

/// Who reaches the storage copies objects to other names, which takes no key: it counts for nothing, and is no damage.
@Suite struct MisplacedTests {
    /// A vault with something of everything.
    private struct Scene {
        let store = MemoryStore()
        let thief: VaultFixture
        /// The owner's, after the key that the thief has was revoked.
        let fixture: VaultFixture
        let newest: Snapshot
        /// The names of each kind, and one more that anybody may give them.
        private(set) var pairs: [(own: ObjectName, other: ObjectName)] = []

        init() async throws {
            thief = try await VaultFixture(in: store)
            try await thief.backUp(["a": [1]])
            fixture = try await thief.revokingKey().withNewKeys()
            newest = try await fixture.backUp(["a": [2]])
            try await fixture.writeLog([UInt8](repeating: 1, count: 2_000), at: [0, 1_000, 2_000])
            try await fillFolders()
            for folder in DocumentFolder.allCases {
                let own = try #require(Forgery.names(store, "\(folder.rawValue)/").first)
                let next: DocumentFolder = folder == .holds ? .reports : .holds
                try add(own, "\(folder.rawValue)/0000000009-\(own.text.suffix(16))")
                try add(own, "\(next.rawValue)/0000000003-\(own.text.suffix(16))")
            }
            let own = try named("\(newest.id)")
            try add(own, "snapshots/alpha.shop.data/0000000009-\(newest.id.short)")
            try add(own, "snapshots/alpha.shop.more/0000000001-\(newest.id.short)")
            try add(own, "snapshots/beta.shop.data/0000000001-\(newest.id.short)")
            let piece = try #require(Forgery.names(store, "log/").first)
            let place = "log/alpha.shop.data/00000001/0000000000000000"
            try add(piece, "\(place)-0000000000009999-\(piece.text.suffix(16))")
            let host = try named("hosts/alpha/000001.json")
            try add(host, "hosts/alpha/000007.json")
            try add(host, "hosts/beta/000001.json")
            let revocation = try #require(
                Forgery.names(store, "hosts/").first { $0.text.contains("revoked-") }
            )
            try add(revocation, revocation.text.replacing("alpha", with: "beta"))
        }

        /// A document in each folder that says what such documents say.
        private func fillFolders() async throws {
            let (vault, keys, time) = (fixture.vault, fixture.keys, fixture.time)
            try await vault.publish(Tombstone(), in: .collections, keys: keys, at: time)
            let swept = LedgerEntry.report(LedgerEntry.Swept())[0]
            try await vault.publish(swept, in: .ledger, keys: keys, at: time)
            try await vault.hold(newest.id, reason: "audit", until: nil, keys: keys, at: time)
            for folder in [DocumentFolder.reports, .kits] {
                try await vault.publish(["note": "a"], in: folder, keys: keys, at: time)
            }
            #expect(try await fixture.check().damage == [])
        }

        private mutating func add(_ own: ObjectName, _ other: String) throws {
            pairs.append((own, try named(other)))
        }

        func check(_ store: MemoryStore) async throws -> CheckReport {
            try await VaultCheck(fixture.opened(in: store).vault).run { _ in }
        }
    }

    @Test func `each is named with what it is, is no damage, and gone once it is deleted`()
        async throws
    {
        let scene = try await Scene()
        #expect(try await scene.check(scene.store).damage == [])
        for (own, other) in scene.pairs {
            let store = scene.store.copy()
            store.tamper(other, store.contents[own])
            let report = try await scene.check(store)
            #expect(report.damage == [], "\(other)")
            #expect(report.distrusted.map(\.object) == [other.text])
            let fact = report.distrusted.first?.fact ?? ""
            #expect(fact.contains("'\(own)' under another name"), "\(fact)")
            #expect(fact.contains("can be deleted by hand"), "\(fact)")
            let vault = try await scene.fixture.opened(in: store).vault
            #expect(vault.hostFaults.isEmpty && vault.refusedHosts.isEmpty, "\(other)")
            let newest = try await vault.newest(of: scene.fixture.stream, isWhole: true)
            #expect(newest.heads.map(\.id) == [scene.newest.id])
            #expect(newest.refused.isEmpty && newest.revoked == 0, "\(other)")
            #expect(try await vault.refused(after: scene.newest.id).isEmpty)
            let list = try await vault.summaries(
                of: scene.fixture.stream,
                cache: scene.fixture.state.path.appending("heads")
            )
            #expect(list.refused.isEmpty && list.heads.count == 2)
            let isHere = other.text.hasPrefix("snapshots/\(scene.fixture.stream)/")
            #expect(list.misplaced.count == (isHere ? 1 : 0))
            #expect(
                try await vault.holds(at: scene.fixture.time).keys.map(\.self) == [scene.newest.id]
            )
            store.tamper(other, nil)
            #expect(try await scene.check(store).distrusted.isEmpty)
        }
    }

    @Test func `a snapshot or document of a host that was moved away is missed`() async throws {
        let scene = try await Scene()
        for (own, other) in scene.pairs {
            let store = scene.store.copy()
            store.tamper(other, store.contents[own])
            store.tamper(own, nil)
            let damage = try await scene.check(store).damage.map(\.object)
            #expect(!damage.contains(other.text))
            switch VaultName(own) {
            case .snapshot, .host: #expect(damage.contains(own.text), "\(own) as \(other)")
            case .revocation: #expect(!damage.isEmpty)
            default: break
            }
        }
    }

    @Test func `what lies in the place of another object is damage`() async throws {
        let scene = try await Scene()
        let documents = DocumentFolder.allCases.map { "\($0.rawValue)/" }
        for prefixes in [["snapshots/"], ["log/"], ["hosts/alpha/0"], documents] {
            let names = prefixes.flatMap { Forgery.names(scene.store, $0) }
            #expect(names.count > 1)
            for name in names {
                for other in names where other != name {
                    let store = scene.store.copy()
                    store.tamper(name, store.contents[other])
                    let damage = try await scene.check(store).damage.map(\.object)
                    #expect(damage.contains(name.text), "\(other) over \(name)")
                }
            }
        }
    }

    @Test func `a key stays revoked where the document that says it was overwritten with another`()
        async throws
    {
        let scene = try await Scene()
        try await scene.thief.backUp(["a": [66]])
        for name in Forgery.names(scene.store, "hosts/") where name.text.contains("revoked-") {
            scene.store.tamper(name, nil)
        }
        scene.store.tamper(
            try named("hosts/alpha/000002.json"),
            scene.store.contents[try named("hosts/alpha/000001.json")]
        )
        let vault = try await scene.fixture.opened(in: scene.store).vault
        let newest = try await vault.newest(of: scene.fixture.stream)
        #expect(newest.heads.map(\.id) == [scene.newest.id] && newest.revoked == 1)
        #expect(vault.hostFaults.count == 1)
    }

    @Test func `several copies are read as one all the same`() async throws {
        let scene = try await Scene()
        let (left, right) = (scene.store.copy(), scene.store.copy())
        for (own, other) in scene.pairs { left.tamper(other, left.contents[own]) }
        // And something else lies over the newest snapshot, and over a piece of log, of one of them.
        let names = Forgery.names(left, "snapshots/\(scene.fixture.stream)/")
        let first = try #require(names.first)
        left.tamper(try named("\(scene.newest.id)"), left.contents[first])
        let pieces = Forgery.names(right, "log/")
        left.tamper(pieces[0], right.contents[pieces[1]])
        let copies = [
            try await scene.fixture.opened(in: left).vault,
            try await scene.fixture.opened(in: right).vault,
        ]
        let (vault, _) = Vault.united(copies)
        let newest = try await vault.newest(of: scene.fixture.stream, isWhole: true)
        #expect(newest.heads.map(\.id) == [scene.newest.id] && newest.refused.isEmpty)
        #expect(try await vault.refused(after: scene.newest.id).isEmpty)
        let list = try await vault.summaries(
            of: scene.fixture.stream,
            cache: scene.fixture.state.path.appending("heads")
        )
        #expect(list.heads.count == 2 && list.refused.isEmpty && list.misplaced.count == 1)
        let reader = try await LogReader(vault, stream: scene.fixture.stream)
        for piece in reader.pieces where piece.to <= 2_000 {
            #expect(try await reader.head(of: piece).source == "1")
        }
    }

    @Test func `backups, copies and collections go on`() async throws {
        let scene = try await Scene()
        for (own, other) in scene.pairs { scene.store.tamper(other, scene.store.contents[own]) }
        let opened = try await scene.fixture.opened(in: scene.store)
        let next = try await opened.backUp(["a": [3]])
        #expect(next.head.previous.count == 1)
        #expect(try await opened.restore(next) == ["a": [3]])
        let target = MemoryStore()
        let copy = try await opened.vault.makeCopy(in: target)
        let report = await Replication(from: opened.vault, to: copy).run { _ in }
        let taken = ["snapshots/", "log/", "holds/", "reports/"]
        let left = scene.pairs.count { pair in taken.contains { pair.other.text.hasPrefix($0) } }
        #expect(report.isComplete && report.misplaced == left, "\(report.damage)")
        #expect(Set(Forgery.names(target, "snapshots/").map(\.text)).contains("\(next.id)"))
        let there = try await VaultCheck(scene.fixture.opened(in: target).vault, .copy).run { _ in }
        #expect(there.damage == [] && there.distrusted == [])
        // The next document of the host takes the next number, and leaves no hole.
        let again = try await opened.withNewKeys()
        #expect(again.vault.enrolment(of: "alpha")?.number == 3)
        #expect(try await scene.check(scene.store).damage == [])
    }

    @Test func `a collection is not stopped, and removes the copies of snapshots when it is told`()
        async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let first = try #require(try await scene.fixture.vault.snapshots().snapshots.first?.id)
        let other = try named("snapshots/alpha.shop.data/0000000009-\(first.short)")
        scene.store.tamper(other, scene.store.contents[try named("\(first)")])
        for _ in 0..<3 {
            _ = try await scene.collector(KeepPolicy(last: 2)).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [2, 3, 9])
        // Also now that the first is gone.
        let report = try await VaultCheck(scene.fixture.vault).run { _ in }
        #expect(report.damage == [] && report.distrusted.map(\.object) == [other.text])
        for _ in 0..<2 {
            _ = try await scene.collector(KeepPolicy(last: 2), acceptsLosses: true).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [2, 3])
        try await scene.checkAll()
    }

    @Test func `rubbish under the name of a revocation is no damage where each key has its own`()
        async throws
    {
        let store = MemoryStore()
        let thief = try await VaultFixture(in: store)
        try await thief.backUp(["a": [1]])
        let rubbish = try named("hosts/alpha/revoked-0123456789abcdef.json")
        store.tamper(rubbish, [1, 2, 3])
        // It may be what is left of the only one.
        let before = try await thief.opened(in: store).vault
        #expect(before.hostFaults.count == 1)
        #expect(try await VaultCheck(before).run { _ in }.damage.map(\.object) == [rubbish.text])
        let owner = try await thief.opened(in: store).revokingKey()
        let report = try await VaultCheck(owner.vault).run { _ in }
        #expect(owner.vault.hostFaults.isEmpty && report.damage == [])
        #expect(report.distrusted.map(\.object) == [rubbish.text])
        #expect(report.distrusted.first?.fact.contains("can be deleted by hand") == true)
        // What a revocation was once may be the one that says more.
        let real = try #require(
            Forgery.names(store, "hosts/").last { $0.text.contains("revoked-") && $0 != rubbish }
        )
        var bytes = try #require(store.contents[real])
        bytes[bytes.count / 2] ^= 1
        store.tamper(rubbish, bytes)
        let damaged = try await owner.opened(in: store).vault
        #expect(damaged.hostFaults.count == 1)
        #expect(try await VaultCheck(damaged).run { _ in }.damage.map(\.object) == [rubbish.text])
    }
}
