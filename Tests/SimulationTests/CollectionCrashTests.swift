import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Mark and sweep cut off, lied to and starved at every call.
@Suite struct CollectionCrashTests {
    /// A vault of which three snapshots can go, and what they and the others hold.
    private struct Scene {
        let store = MemoryStore(now: Instant(seconds: 1_790_000_000))
        let clock = SimulatedClock(Instant(seconds: 1_790_000_000))
        var fixture: VaultFixture
        var models: [SnapshotID: [String: [UInt8]]] = [:]

        /// `runs`: how often it was collected before: nothing is marked, marked, or carried out and still there.
        init(runs: Int) async throws {
            fixture = try await VaultFixture(in: store, packBytes: 8 << 10)
            fixture.clock = clock
            var random = SeededGenerator(seed: 91)
            for _ in 0..<5 {
                let files = ["same": [7, 7, 7], "new": random.bytes(12_000)]
                models[try await fixture.backUp(files).id] = files
                pass()
            }
            for _ in 0..<runs {
                _ = try await collect(store)
                pass()
            }
        }

        func pass() {
            store.advance(by: .seconds(86_400))
            clock.advance(by: .seconds(86_400))
        }

        @discardableResult
        func collect(_ store: any ObjectStore) async throws(Fault) -> CollectionReport {
            try await Collector(
                try await Vault.open(store, expecting: fixture.vault.id),
                keys: fixture.keys,
                rules: [fixture.stream: RetentionRule(keep: KeepPolicy(last: 2))],
                clock: clock
            ).run()
        }

        /// Nothing that is there is broken, and what retention keeps is there.
        func verify(_ store: MemoryStore, isDone: Bool, _ what: Comment) async throws {
            let opened = try await fixture.opened(in: store)
            let list = try await opened.vault.snapshots()
            #expect(list.refused.isEmpty, what)
            let numbers = list.snapshots.map(\.id.seq)
            #expect(numbers.suffix(2) == [4, 5], what)
            if isDone { #expect(numbers == [4, 5], what) }
            for snapshot in list.snapshots {
                #expect(try await opened.restore(snapshot) == models[snapshot.id], what)
            }
            #expect(try await VaultCheck(opened.vault).run { _ in }.damage == [], what)
        }
    }

    @Test(arguments: CrashStore.Fate.allCases, 0...2)
    func `after a crash at any change of a collection it can be done again`(
        fate: CrashStore.Fate,
        runs: Int
    ) async throws {
        let scene = try await Scene(runs: runs)
        var points = 0
        while true {
            points += 1
            let what: Comment = "point \(points), \(fate), after \(runs) runs"
            let store = scene.store.copy()
            let crashing = CrashStore(store, crashingAt: points, fate: fate)
            do throws(Fault) {
                try await scene.collect(crashing)
                #expect(!crashing.hasCrashed, what)
            } catch { #expect(error.code == .crashed, what) }
            try await scene.verify(store, isDone: false, what)
            guard crashing.hasCrashed else { break }
            // Again, at once and after three more days; then everything that may go is gone.
            try await scene.collect(store)
            try await scene.verify(store, isDone: false, what)
            for _ in 0..<3 {
                store.advance(by: .seconds(86_400))
                scene.clock.advance(by: .seconds(86_400))
                try await scene.collect(store)
            }
            try await scene.verify(store, isDone: true, what)
            #expect(!store.contents.keys.contains { $0.text.hasPrefix("gc/") }, what)
        }
        print("crash: \(points - 1) points of a collection after \(runs) runs, \(fate)")
        #expect(points > [2, 8, 2][runs])
    }

    @Test(arguments: StoreOperation.Kind.allCases, 0...2)
    func `a call that fails, lies or shows too little deletes nothing that is needed`(
        kind: StoreOperation.Kind,
        runs: Int
    ) async throws {
        let scene = try await Scene(runs: runs)
        let full = Fault(.storeFull, "unable to store: the disk is full")
        let down = Fault(.storeUnreachable, "unable to reach the store: it is down")
        var number = 0
        var calls = 0
        repeat {
            number += 1
            let plain = scene.store.copy()
            plain.forgetOperations()
            try await scene.collect(plain)
            calls = plain.operations.count { $0.kind == kind }
            let ways: [FaultyStore.Misbehaviour] = [
                .fail(down), .failAfterwards(full), .short(0), .short(1), .pretend, .flip(at: 60),
            ]
            for (index, way) in ways.enumerated() {
                let what: Comment = "\(kind) \(number), way \(index), after \(runs) runs"
                let store = scene.store.copy()
                let faulty = FaultyStore(store, [.init(kind, number: number, way)])
                do throws(Fault) { try await scene.collect(faulty) } catch {}
                // What one call broke by lying is not held against the collector: a put that stored other bytes.
                if kind == .put, index > 1 { continue }
                try await scene.verify(store, isDone: false, what)
            }
        } while number < calls
        print("faults: \(calls) calls of \(kind), after \(runs) runs")
    }
}
