import Model
import ObjectStorage
import Sealing
import Synchronization
import TestKit
import Testing
import Vault

/// A vault, three clones of one host that write one stream, and a collector: all code is the real one.
///
/// The first snapshot holds what two of the writers back up again, the third writes something else; so what decides is
/// whether the first one is given up while somebody builds on it.
struct CollectionWorld: Sendable {
    let base: MemoryStore
    let fixture: VaultFixture
    let writers: [VaultFixture]
    let files: [[String: [UInt8]]]
    let first: SnapshotID

    static let start = Instant(seconds: 1_790_000_000)

    init() async throws {
        let store = MemoryStore(now: Self.start)
        let fixture = try await VaultFixture(in: store, packBytes: 2 << 10)
        var random = SeededGenerator(seed: 101)
        let shared = ["a": random.bytes(3_000), "b": random.bytes(3_000)]
        var changed = shared
        changed["b"] = random.bytes(3_000)
        files = [shared, changed, ["c": random.bytes(3_000)]]
        first = try await fixture.backUp(shared).id
        store.advance(by: .seconds(3 * 86_400))
        base = store
        self.fixture = fixture
        var writers: [VaultFixture] = []
        for _ in files {
            writers.append(VaultFixture(movingTo: try ScratchFolder(), from: fixture))
        }
        self.writers = writers
    }

    /// One run of everybody.
    struct Run {
        /// How the backups ended, by writer.
        var backups: [Result<SnapshotID, Fault>?] = [nil, nil, nil]
        /// Faults of the collector.
        var collection: [Fault] = []
    }

    /// What everybody shares during a run.
    final class Shared: Sendable {
        let store: MemoryStore
        let clock = SimulatedClock(CollectionWorld.start + .seconds(3 * 86_400))
        private let run = Mutex(Run())

        init(_ store: MemoryStore) { self.store = store }

        /// Lets time go by for everybody.
        func pass(_ time: Duration) {
            store.advance(by: time)
            clock.advance(by: time)
        }

        var result: Run { run.withLock { $0 } }
        func note(_ change: @Sendable (inout Run) -> Void) { run.withLock { change(&$0) } }
    }

    /// A writer that stands at the steps that `isGated` names; `mutate` wraps its store.
    func writer(
        _ number: Int,
        _ shared: Shared,
        _ simulation: Simulation,
        mutate: @escaping @Sendable (any ObjectStore) -> any ObjectStore,
        _ isGated: @escaping @Sendable (StoreOperation.Kind, String) -> Bool
    ) -> @Sendable () async -> Void {
        let (writer, files) = (writers[number], files[number])
        return {
            let store = mutate(GatedStore(shared.store, simulation, actor: number, isGated))
            let result: Result<SnapshotID, Fault>
            do throws(Fault) {
                var host = try await writer.opened(in: store)
                host.clock = shared.clock
                result = .success(try await host.backUp(files).id)
            } catch { result = .failure(error) }
            shared.note { $0.backups[number] = result }
        }
    }

    /// A collector that marks, waits a day and sweeps, `times` over.
    func collector(
        _ shared: Shared,
        _ simulation: Simulation,
        times: Int = 2,
        actor: Int = 3,
        _ isGated: @escaping @Sendable (StoreOperation.Kind, String) -> Bool
    ) -> @Sendable () async -> Void {
        {
            let store = GatedStore(shared.store, simulation, actor: actor, isGated)
            for time in 0..<times {
                if time > 0 {
                    await simulation.stop(actor, before: "a day")
                    shared.pass(.seconds(86_400))
                }
                do throws(Fault) {
                    _ = try await Collector(
                        try await Vault.open(store, expecting: fixture.vault.id),
                        keys: fixture.keys,
                        rules: [fixture.stream: RetentionRule(keep: KeepPolicy(last: 1))],
                        clock: shared.clock
                    ).run()
                } catch {
                    shared.note { $0.collection.append(error) }
                }
            }
        }
    }

    /// The packs that heads name and that are not there; heads of backups that said that they failed do not count.
    func broken(_ shared: Shared) async throws -> [String] {
        let opened = try await fixture.opened(in: shared.store)
        let succeeded = Set(
            shared.result.backups.compactMap { backup -> SnapshotID? in
                if case .success(let id) = backup { id } else { nil }
            } + [first]
        )
        var broken: [String] = []
        for snapshot in try await opened.vault.snapshots().snapshots
        where succeeded.contains(snapshot.id) {
            for pack in snapshot.head.packs {
                let id = "\(pack.id)"
                guard let name = ObjectName("packs/\(id.prefix(2))/\(id)") else { continue }
                if shared.store.contents[name]?.count != pack.bytes {
                    broken.append("\(snapshot.id) lacks \(id.prefix(8))")
                }
            }
        }
        return broken
    }

    /// Everything that is there restores.
    func verify(_ shared: Shared, _ what: Comment) async throws {
        let opened = try await fixture.opened(in: shared.store)
        for (number, backup) in shared.result.backups.enumerated() {
            guard case .success(let id) = backup,
                let found = try await opened.vault.snapshots().snapshots.first(where: {
                    $0.id == id
                })
            else { continue }
            #expect(try await opened.restore(found) == files[number], what)
        }
    }
}
