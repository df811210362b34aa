import Model
import ObjectStorage
import Sealing
import SystemPackage
import TestKit
import Testing
import Vault

/// Somebody who has a host's key, which nobody revoked yet, signs the highest numbers, so that nothing comes after them.
@Suite struct UsedNumbersTests {
    private struct Note: Codable, Sendable {
        let note: String
    }

    private static let high = ["9999999999", "9999999998", "0002000000"]

    /// A vault with two snapshots, and false ones of the highest numbers.
    private static func scene() async throws -> (
        store: MemoryStore, fixture: VaultFixture, good: [Snapshot], false_: [ObjectName]
    ) {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let good = [
            try await fixture.backUp(["a": [1]]), try await fixture.backUp(["a": [2]]),
        ]
        let object = try #require(store.contents[named("\(good[1].id)")])
        var names: [ObjectName] = []
        for seq in high {
            let forged = Forgery.signed(object, by: fixture.keys.signing) {
                $0.replacing("\"seq\":2", with: "\"seq\":\(UInt64(seq) ?? 0)")
            }
            let name = try Forgery.name("snapshots/alpha.shop.data/\(seq)", forged)
            store.tamper(name, forged)
            names.append(name)
        }
        return (store, fixture, good, names)
    }

    @Test func `backups go on below them, are the newest, and come back`() async throws {
        let (store, fixture, good, false_) = try await Self.scene()
        let before = try await fixture.vault.newest(of: fixture.stream)
        #expect(before.heads.map(\.id) == [good[1].id] && before.highestSeq == 2)
        #expect(before.refused.map(\.code) == [.untrusted, .untrusted, .untrusted])
        var ids = good.map(\.id)
        for number in 3...4 {
            let next = try await fixture.backUp(["a": [UInt8(number)]])
            #expect(next.head.seq == UInt64(number) && next.head.previous.count == 1)
            #expect(try await fixture.restore(next) == ["a": [UInt8(number)]])
            ids.append(next.id)
        }
        let list = try await fixture.vault.snapshots()
        #expect(list.snapshots.map(\.id) == ids)
        #expect(list.refused.map(\.code) == [.untrusted, .untrusted, .untrusted])
        #expect(try await fixture.vault.newest(of: fixture.stream).heads.map(\.id) == [ids[3]])
        let told = try await fixture.vault.summaries(
            of: fixture.stream,
            cache: fixture.state.path.appending("heads")
        )
        #expect(Set(told.outOfPlace.map { "\($0)" }) == Set(false_.map(\.text)))
        #expect(told.heads.count == 7 && told.revoked.isEmpty && told.refused.isEmpty)
        // A person who names one gets it.
        #expect(try await fixture.vault.acceptingRevoked.snapshots().snapshots.count == 7)
        let report = try await VaultCheck(fixture.vault).run { _ in }
        #expect(Set(report.damage.map(\.object)) == Set(false_.map(\.text)))
        #expect(report.damage.allSatisfy { $0.fact.contains("above those before it") })
        #expect(report.newest[fixture.stream] == [ids[3]] && report.foreign.isEmpty)
        // A name that is damaged at the end of the row is no reason to take one that is out of place.
        store.tamper(try named("\(ids[3])"), [1])
        #expect(try await fixture.vault.newest(of: fixture.stream).heads.map(\.id) == [ids[2]])
    }

    @Test func `they do so when every good snapshot was overwritten, or there was none`()
        async throws
    {
        let (store, fixture, good, _) = try await Self.scene()
        for snapshot in good { store.tamper(try named("\(snapshot.id)"), [1]) }
        let low = try #require(
            Forgery.names(store, "snapshots/").first { $0.text.contains("0002") }
        )
        store.tamper(low, nil)
        let next = try await fixture.backUp(["a": [3]])
        // Where nothing good is left, the row begins with what is there.
        #expect(next.head.seq <= 2_000_001)
        #expect(try await fixture.vault.newest(of: fixture.stream).heads.map(\.id) == [next.id])
    }

    @Test func `retention gives no snapshot up for them`() async throws {
        var scene = try await CollectionScene()
        try await scene.backUp(days: 2)
        let last = try #require(Forgery.names(scene.store, "snapshots/").last)
        let forged = Forgery.signed(
            try #require(scene.store.contents[last]),
            by: scene.fixture.keys.signing
        ) { $0.replacing("\"seq\":2", with: "\"seq\":9999999999") }
        scene.store.tamper(
            try Forgery.name("snapshots/alpha.shop.data/9999999999", forged),
            forged
        )
        try await scene.backUp(days: 2)
        for _ in 0..<3 {
            _ = try await scene.collector(KeepPolicy(last: 2)).run()
            scene.pass(days: 1)
        }
        #expect(scene.numbers == [3, 4, 9_999_999_999])
    }

    @Test(arguments: DocumentFolder.allCases)
    func `a document does not use up the numbers of its folder`(folder: DocumentFolder) async throws
    {
        for isFirst in [false, true] {
            let store = MemoryStore()
            let fixture = try await VaultFixture(in: store)
            let publish = { (text: String) async throws -> ObjectName in
                try await fixture.vault.publish(
                    Note(note: text),
                    in: folder,
                    keys: fixture.keys,
                    at: fixture.time
                )
            }
            let good = try await publish("good")
            let forged = Forgery.document(
                try #require(store.contents[good]),
                by: fixture.keys.signing
            ) {
                $0.replacing("\"number\":1", with: "\"number\":9999999999")
                    .replacing("good", with: "false")
            }
            store.tamper(try Forgery.name("\(folder.rawValue)/9999999999", forged), forged)
            if isFirst { store.tamper(good, nil) }
            let next = try await publish("next")
            #expect(next.text.hasPrefix("\(folder.rawValue)/000000000\(isFirst ? 1 : 2)-"))
            let read = try await fixture.vault.documents(of: folder, as: Note.self)
            #expect(read.found.map(\.content.note) == (isFirst ? ["next"] : ["good", "next"]))
            #expect(read.refused.map(\.code) == [.untrusted])
        }
    }

    @Test func `what has no room in a name is never stored`() async throws {
        let refusal = await fault {
            _ = try NumberRow.next(after: [], trusted: NumberRow.largest, in: "gc")
        }
        #expect(refusal?.code == .numbersUsedUp && refusal?.code.exit == .damaged)
        #expect(refusal?.hints.contains { $0.contains("key revoke") } == true)
        let last = try NumberRow.next(after: [], trusted: NumberRow.largest - 1, in: "gc")
        let name = VaultName.document(.collections, number: last, short: "0123456789abcdef")
        #expect(VaultName(name.objectName) == name)
        // Nor do false names of the operator's documents use theirs up.
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        store.tamper(try named("hosts/alpha/999999.json"), [1])
        let renewed = try await fixture.withNewKeys()
        #expect(renewed.vault.enrolment(of: "alpha")?.number == 2)
        #expect(try await renewed.backUp(["a": [1]]).head.seq == 1)
    }

    private static let rows: [(numbers: [UInt64], end: UInt64)] = [
        ([1, 2, 3], 3), ([], 0), ([1, 1_000_001], 1_000_001), ([1, 1_000_002], 1),
        ([1, 1_000_000, 2_000_000, 9_999_999_999], 2_000_000), ([3_000_000, 3_000_001], 3_000_001),
        ([9_999_999_998, 9_999_999_999], 0),
    ]

    @Test(arguments: rows)
    func `a row ends where numbers jump`(numbers: [UInt64], end: UInt64) {
        #expect(NumberRow(numbers).end == end)
        if let shown = NumberRow(names: numbers) {
            for number in numbers { #expect(shown.contains(number) == (number <= end)) }
        }
    }
}
