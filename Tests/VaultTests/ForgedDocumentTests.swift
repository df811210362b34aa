import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Documents and chains that somebody else made, moved, or stored once more: found by a check, and obeyed by nobody.
@Suite struct ForgedDocumentTests {
    private struct Note: Codable, Sendable {
        let note: String
    }

    /// A document of a folder that says something that matters there, by the fixture's host.
    private static func publish(
        _ folder: DocumentFolder,
        _ fixture: VaultFixture,
        _ snapshot: Snapshot
    ) async throws -> ObjectName {
        let (keys, time, vault) = (fixture.keys, fixture.time, fixture.vault)
        switch folder {
        case .collections:
            var tombstone = Tombstone()
            tombstone.forgets = ["\(snapshot.id)"]
            tombstone.packs = snapshot.head.packs.map(\.id)
            return try await vault.publish(tombstone, in: folder, keys: keys, at: time)
        case .ledger:
            var swept = LedgerEntry.Swept()
            swept.forgotten = ["\(snapshot.id)"]
            let entry = LedgerEntry.report(swept)[0]
            return try await vault.publish(entry, in: folder, keys: keys, at: time)
        case .checks:
            var record = CheckRecord(depth: .hashes, started: time)
            record.ended = true
            record.covered = [NameRange(after: "", through: "")]
            let pack = "\(snapshot.head.packs[0].id)"
            record.damage = [
                CheckReport.Finding(
                    object: "packs/\(pack.prefix(2))/\(pack)",
                    fact: "it is said",
                    depth: .hashes
                )
            ]
            record.open = 1
            return try await vault.publish(record, in: folder, keys: keys, at: time)
        case .holds:
            try await vault.hold(snapshot.id, reason: "audit", until: nil, keys: keys, at: time)
            var name: ObjectName?
            try await vault.store.list("holds/") { name = $0.name }
            return try #require(name)
        case .reports, .kits:
            return try await vault.publish(
                Note(note: "all is well"),
                in: folder,
                keys: keys,
                at: time
            )
        }
    }

    /// What a vault makes of its documents, as one text.
    private static func obeyed(_ vault: Vault, _ snapshot: Snapshot) async throws -> String {
        let pending = try await vault.pendingTombstones()
        // A hold that cannot be read stops a collection; it holds nothing that is named.
        let held = try? await vault.holds(at: Instant(seconds: 1_800_000_000))
        let open = try await vault.checkHistory().open.map(\.fact)
        let reports = try await vault.documents(of: .reports, as: Note.self).found
        let kits = try await vault.documents(of: .kits, as: Note.self).found
        let absent = try #require(SnapshotID("\(snapshot.id)"))
        let store = MemoryStore()
        for (name, bytes) in try #require(vault.store as? MemoryStore).contents
        where name.text != "\(absent)" { store.tamper(name, bytes) }
        let isExplained = try await !Vault.open(store, expecting: vault.id).hasLost(absent)
        return
            "marked \(pending.documents.count), held \(held?[snapshot.id]?.count ?? 0), open \(open),"
            + " reports \(reports.count), kits \(kits.count), explained \(isExplained)"
    }

    @Test(arguments: DocumentFolder.allCases)
    func `a document that its host did not sign is found and obeyed by nobody`(
        folder: DocumentFolder
    ) async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let snapshot = try await fixture.backUp(["a": [1, 2, 3]])
        let nothing = try await Self.obeyed(fixture.vault, snapshot)
        let name = try await Self.publish(folder, fixture, snapshot)
        #expect(try await Self.obeyed(fixture.vault, snapshot) != nothing)
        let bytes = try #require(store.contents[name])
        store.tamper(name, nil)
        let beta = HostKeys(newFor: "beta")
        _ = try await fixture.vault.enrol(
            beta,
            recipients: [fixture.identity.recipient],
            operator: fixture.operatorKey,
            at: fixture.time
        )
        let other = try await VaultFixture(in: MemoryStore())
        let next = DocumentFolder.allCases[
            (try #require(DocumentFolder.allCases.firstIndex(of: folder)) + 1)
                % DocumentFolder.allCases.count
        ]
        let alpha = fixture.keys.signing
        let forged: [(String, DocumentFolder, [UInt8])] = [
            ("an unknown key", folder, Forgery.document(bytes, by: SigningKey()) { $0 }),
            ("the operator", folder, Forgery.document(bytes, by: fixture.operatorKey) { $0 }),
            ("the key of another host", folder, Forgery.document(bytes, by: beta.signing) { $0 }),
            (
                "another vault", folder,
                Forgery.document(bytes, by: alpha) {
                    $0.replacing("\(fixture.vault.id)", with: "\(other.vault.id)")
                }
            ),
            ("another folder", next, bytes),
            (
                "another format", folder,
                Forgery.document(bytes, by: alpha) {
                    $0.replacing("\"format\":1", with: "\"format\":2")
                }
            ),
        ]
        for (what, folder, bytes) in forged {
            let false_ = try Forgery.name("\(folder.rawValue)/0000000007", bytes)
            let copy = store.copy()
            copy.tamper(false_, bytes)
            let opened = try await fixture.opened(in: copy)
            let report = try await VaultCheck(opened.vault).run { _ in }
            // A copy is no damage: nothing is lost with it.
            let found = what == "another folder" ? report.distrusted : report.damage
            #expect(found.map(\.object) == [false_.text], "\(what)")
            #expect(report.damage.count + report.distrusted.count == 1, "\(what)")
            #expect(try await Self.obeyed(opened.vault, snapshot) == nothing, "\(what)")
        }
    }

    /// Otherwise anybody could hold up every backup with a tombstone that says nothing.
    @Test func `a stranger's document is passed over whatever it says, the host's own is not`()
        async throws
    {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let (keys, time) = (fixture.keys, fixture.time)
        let name = try await fixture.vault.publish(
            Tombstone(),
            in: .collections,
            keys: keys,
            at: time
        )
        let bytes = try #require(store.contents[name])
        store.tamper(name, nil)
        for (key, unreadable) in [(SigningKey(), 0), (keys.signing, 1)] {
            let garbled = Forgery.document(bytes, by: key) {
                $0.replacing("\"forgets\":[]", with: "\"forgets\":7")
            }
            let copy = store.copy()
            copy.tamper(try Forgery.name("gc/0000000001", garbled), garbled)
            let vault = try await fixture.opened(in: copy).vault
            // Twice: what was read before is remembered.
            for _ in 0..<2 {
                let pending = try await vault.pendingTombstones()
                #expect(pending.documents.isEmpty && pending.unreadable.count == unreadable)
            }
            #expect(try await vault.documents(of: .collections, as: Note.self).found.isEmpty)
        }
    }

    @Test func `an old document that is stored once more is not the newest`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 3)
        let fixture = scene.fixture
        let snapshots = try await fixture.vault.snapshots().snapshots
        let (first, time) = (snapshots[0].id, scene.clock.now())
        let again = { (name: String, number: Int) in
            let number = String(repeating: "0", count: 9) + "\(number)"
            let parts = name.split(separator: "/")
            let copy = try named("\(parts[0])/\(number)-\(parts[1].split(separator: "-")[1])")
            scene.store.tamper(copy, scene.store.contents[try named(name)])
        }
        // A release between two holds.
        try await fixture.vault.hold(first, reason: "a", until: nil, keys: fixture.keys, at: time)
        try await fixture.vault.release(first, keys: fixture.keys, at: time)
        try await fixture.vault.hold(first, reason: "b", until: nil, keys: fixture.keys, at: time)
        try again(scene.names("holds/").sorted()[1], 9)
        #expect(try await fixture.vault.holds(at: time)[first]?.map(\.hold.reason) == ["b"])
        // A check that found nothing, before one that did.
        _ = try await fixture.check(at: time)
        let pack = try #require(scene.names("packs/").sorted().first)
        let bytes = try #require(scene.store.contents[try named(pack)])
        scene.store.tamper(try named(pack), [1] + bytes.dropFirst())
        #expect(try await fixture.check(at: time).damage.isEmpty == false)
        try again(scene.names("checks/").sorted()[0], 8)
        #expect(try await fixture.vault.checkHistory().open.contains { $0.object == pack })
        scene.store.tamper(try named(pack), bytes)
        // An inventory from before a snapshot, which then vanishes.
        _ = try await scene.collector(KeepPolicy(daily: 30)).run()
        let inventory = try #require(scene.names("ledger/").sorted().first)
        try await scene.backUp(days: 1)
        _ = try await scene.collector(KeepPolicy(daily: 30)).run()
        let newest = try #require(scene.names("snapshots/").sorted().last)
        let lost = try #require(scene.store.contents[try named(newest)])
        #expect(scene.names("ledger/").contains(inventory))
        try again(inventory, 7)
        scene.store.tamper(try named(newest), nil)
        let refusal = await fault { _ = try await scene.collector(KeepPolicy(daily: 30)).run() }
        #expect(refusal?.code == .headsVanished)
        scene.store.tamper(try named(newest), lost)
        let report = try await VaultCheck(fixture.vault).run { _ in }
        #expect(report.damage == [])
        #expect(
            report.distrusted.map { String($0.object.prefix(8)) }.sorted() == [
                "checks/0", "holds/00", "ledger/0",
            ]
        )
        #expect(report.distrusted.allSatisfy { $0.fact.contains("under another name") })
    }

    @Test func `a chain that was broken with the right key is found, and pushes nothing out`()
        async throws
    {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 4)
        let snapshots = try await scene.fixture.vault.snapshots().snapshots
        let last = try #require(snapshots.last)
        let object = try #require(scene.store.contents[named("\(last.id)")])
        let before = try #require(last.head.previous.first)
        // The host is in other hands, and nobody knows yet: its newest snapshot follows one that never was.
        let broken = Forgery.signed(object, by: scene.fixture.keys.signing) {
            $0.replacing("\(before)", with: "\(Hashing.sha256([7]))")
        }
        let name = try Forgery.name("snapshots/alpha.shop.data/0000000004", broken)
        scene.store.tamper(try named("\(last.id)"), nil)
        scene.store.tamper(name, broken)
        let opened = try await scene.fixture.opened(in: scene.store)
        let damage = try await VaultCheck(opened.vault).run { _ in }.damage
        #expect(damage.map(\.object) == [name.text])
        #expect(damage.first?.fact.contains("that it follows is gone") == true)
        // What it should follow is out of place now, so it stays beside what the rule keeps.
        for _ in 0..<3 {
            _ = try await scene.collector(KeepPolicy(last: 1)).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [3, 4])
    }
}
