import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Snapshots that were taken away from a vault.
@Suite struct ChainTests {
    private struct Scene {
        let store = MemoryStore()
        let fixture: VaultFixture
        let snapshots: [Snapshot]

        init(_ count: Int = 4) async throws {
            fixture = try await VaultFixture(in: store)
            var snapshots: [Snapshot] = []
            for number in 0..<count {
                snapshots.append(try await fixture.backUp(["a": [UInt8(number)]]))
            }
            self.snapshots = snapshots
        }

        func name(_ index: Int) -> String { snapshots[index].id.description }

        /// What a check finds after some snapshots are gone.
        func findings(without lost: [Int], remembering: [Int] = []) async throws -> [String] {
            let copy = store.copy()
            for index in lost { copy.tamper(try named(name(index)), nil) }
            let opened = try await fixture.opened(in: copy)
            var request = CheckRequest()
            request.depth = .listing
            request.remembered = remembering.map { snapshots[$0].id }
            return try await VaultCheck(opened.vault, request).run { _ in }.damage.map(\.object)
        }

        func publishForgetting(_ lost: [Int]) async throws -> ObjectName {
            var tombstone = Tombstone()
            tombstone.forgets = lost.map { name($0) }
            return try await fixture.vault.publish(
                tombstone,
                in: .collections,
                keys: fixture.keys,
                at: fixture.time
            )
        }
    }

    @Test func `a snapshot that was taken away leaves a hole before the next one`() async throws {
        let scene = try await Scene()
        #expect(try await scene.findings(without: []) == [])
        #expect(try await scene.findings(without: [0]) == [scene.name(1)])
        #expect(try await scene.findings(without: [1]) == [scene.name(2)])
        #expect(try await scene.findings(without: [0, 1, 2]) == [scene.name(3)])
        #expect(
            try await scene.findings(without: [0, 2]).sorted()
                == [scene.name(1), scene.name(3)].sorted()
        )
    }

    @Test func `the newest one leaves no hole; who remembers it knows`() async throws {
        let scene = try await Scene()
        #expect(try await scene.findings(without: [3]) == [])
        #expect(try await scene.findings(without: [3], remembering: [3]) == [scene.name(3)])
        #expect(try await scene.findings(without: [2, 3], remembering: [3]) == [scene.name(3)])
        #expect(try await scene.findings(without: [], remembering: [3]) == [])
        let id = scene.snapshots[3].id
        #expect(try await scene.fixture.vault.hasLost(id) == false)
        scene.store.tamper(try named(scene.name(3)), nil)
        #expect(try await scene.fixture.vault.hasLost(id))
        _ = try await scene.publishForgetting([3])
        #expect(try await scene.fixture.vault.hasLost(id) == false)
    }

    @Test func `what a collection forgot is no hole, and a forged collection forgets nothing`()
        async throws
    {
        let scene = try await Scene()
        let name = try await scene.publishForgetting([0, 1])
        #expect(try await scene.findings(without: [0]) == [])
        #expect(try await scene.findings(without: [0, 1], remembering: [1]) == [])
        #expect(try await scene.findings(without: [0, 1, 2]) == [scene.name(3)])
        let forged = Forgery.document(
            try #require(scene.store.contents[name]),
            by: SigningKey()
        ) { $0 }
        scene.store.tamper(name, nil)
        let false_ = try Forgery.name("gc/0000000001", forged)
        scene.store.tamper(false_, forged)
        #expect(
            try await scene.findings(without: [0, 1]).sorted()
                == [false_.text, scene.name(2)].sorted()
        )
    }

    @Test func `a number that was passed over is a hole`() async throws {
        let scene = try await Scene(2)
        // The host remembers a snapshot that the vault has lost; its next one goes on above.
        scene.store.tamper(try named(scene.name(1)), nil)
        var request = scene.fixture.request
        request.above = 2
        let next = try await scene.fixture.vault.backUp(request, keys: scene.fixture.keys) {
            (_) async throws(Fault) in BackupDraft(time: scene.fixture.time)
        }
        #expect(next.head.seq == 3)
        #expect(try await scene.findings(without: []) == [next.id.description])
        _ = try await scene.publishForgetting([1])
        #expect(try await scene.findings(without: []) == [])
    }

    @Test func `a fork and a damaged snapshot are no holes`() async throws {
        let scene = try await Scene(2)
        let other = try await VaultFixture(movingTo: ScratchFolder(), from: scene.fixture)
            .opened(in: scene.store.copy())
        try await scene.fixture.backUp(["a": [7]])
        try await other.backUp(["a": [8]])
        for (name, bytes) in try #require(other.vault.store as? MemoryStore).contents
        where scene.store.contents[name] == nil {
            scene.store.tamper(name, bytes)
        }
        let joined = try await scene.fixture.backUp(["a": [9]])
        #expect(joined.head.previous.count == 2)
        #expect(try await scene.findings(without: []) == [])
        let name = try named(joined.id.description)
        scene.store.tamper(name, [1, 2, 3])
        let next = try await scene.fixture.backUp(["a": [10]])
        #expect(next.head.seq == 5)
        #expect(try await scene.findings(without: []) == [name.text])
    }

    @Test func `what a collection deletes while a check runs is no loss`() async throws {
        let scene = try await Scene()
        let lost = try #require(Forgery.names(scene.store, "packs/").first)
        for isCollected in [false, true] {
            let copy = scene.store.copy()
            let opened = try await scene.fixture.opened(in: copy)
            if isCollected {
                var tombstone = Tombstone()
                if case .pack(let id) = VaultName(lost) { tombstone.packs = [id] }
                try await opened.vault.publish(
                    tombstone,
                    in: .collections,
                    keys: opened.keys,
                    at: opened.time
                )
            }
            // It goes when the check has listed it and begins to read.
            let report = try await VaultCheck(opened.vault).run { report in
                if report.snapshots == 4 { copy.tamper(lost, nil) }
            }
            #expect(report.damage.map(\.object) == (isCollected ? [] : [lost.text]))
        }
    }
}

extension ChainTests {
    @Test func `what another copy holds is no hole`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        var ids: [SnapshotID] = []
        for number in 0..<3 { ids.append(try await fixture.backUp(["a": [UInt8(number)]]).id) }
        let name = try #require(ObjectName("\(ids[1])"))
        store.tamper(name, nil)
        #expect(try await VaultCheck(fixture.vault).run { _ in }.damage.count == 1)
        var request = CheckRequest()
        request.elsewhere = [ids[1]]
        #expect(try await VaultCheck(fixture.vault, request).run { _ in }.damage == [])
        #expect(try await VaultCheck(fixture.vault, .copy).run { _ in }.damage == [])
    }
}
