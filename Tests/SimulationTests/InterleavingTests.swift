import Model
import ObjectStorage
import Sealing
import Synchronization
import TestKit
import Testing
import Vault

/// Writers and a collector, one step at a time in every order.
@Suite struct InterleavingTests {
    /// The steps of a writer that matter to a collector: looking at its start, proving, committing.
    @Sendable private static func writerSteps(_ kind: StoreOperation.Kind, _ name: String) -> Bool {
        kind == .list && name == "packs/" || kind == .put && name.hasPrefix("snapshots/")
    }

    /// The steps of a collector that matter to a writer: marking, looking before it deletes, deleting.
    @Sendable private static func collectorSteps(_ kind: StoreOperation.Kind, _ name: String)
        -> Bool
    {
        kind == .put && name.hasPrefix("gc/") || kind == .list && name == "holds/"
            || kind == .remove && name.hasPrefix("snapshots/")
    }

    private func exhaust(
        writers: [Int],
        mutate: @escaping @Sendable (any ObjectStore) -> any ObjectStore = { $0 }
    ) async throws -> (runs: Int, longest: Int, broken: Int, doomed: Int) {
        let world = try await CollectionWorld()
        var tree = ChoiceTree()
        var outcome = (runs: 0, longest: 0, broken: 0, doomed: 0)
        repeat {
            let shared = CollectionWorld.Shared(world.base.copy())
            let simulation = Simulation()
            var actors = writers.map {
                world.writer($0, shared, simulation, mutate: mutate, Self.writerSteps)
            }
            actors.append(world.collector(shared, simulation, Self.collectorSteps))
            try await simulation.run(actors) { tree.choose($0.count) }
            outcome.runs += 1
            outcome.longest = max(outcome.longest, tree.choices.count)
            let broken = try await world.broken(shared)
            if !broken.isEmpty { outcome.broken += 1 }
            for case .failure(let fault) in shared.result.backups where fault.code == .doomed {
                outcome.doomed += 1
            }
        } while tree.advance()
        return outcome
    }

    @Test func `two writers and a collector in every order lose nothing`() async throws {
        for pair in [[0, 2], [1, 2]] {
            let outcome = try await exhaust(writers: pair)
            print(
                "interleavings: \(outcome.runs) orders of up to \(outcome.longest) choices,"
                    + " \(outcome.doomed) backups refused"
            )
            #expect(outcome.broken == 0)
            #expect(outcome.runs > 100)
            #expect(outcome.doomed > 0)
        }
    }

    @Test func `a writer that does not look at tombstones loses data`() async throws {
        let outcome = try await exhaust(writers: [0, 2]) { store in
            HidingStore(store) { $0.hasPrefix("gc/") }
        }
        print("interleavings: \(outcome.broken) of \(outcome.runs) broken without the look")
        #expect(outcome.broken > 0)
    }

    @Test(arguments: 1...8)
    func `random orders and random pauses lose nothing`(seed: UInt64) async throws {
        let world = try await CollectionWorld()
        let rounds = Self.rounds
        for round in 0..<rounds {
            try await random(world, seed: seed * 1_000_003 + UInt64(round))
        }
    }

    /// How many random orders each seed tries; `make soak` asks for more.
    private static let rounds = 12

    private func random(_ world: CollectionWorld, seed: UInt64) async throws {
        let shared = CollectionWorld.Shared(world.base.copy())
        let simulation = Simulation()
        let all: @Sendable (StoreOperation.Kind, String) -> Bool = { _, _ in true }
        var actors = (0..<3).map {
            world.writer($0, shared, simulation, mutate: { $0 }, all)
        }
        actors.append(world.collector(shared, simulation, times: 3, all))
        var random = SeededGenerator(seed: seed)
        let pauses: [Int64] = [1, 60, 3_500, 3_700, 80_000, 90_000, 30 * 86_400]
        try await simulation.run(actors) { steps in
            // Now and then time goes by while everybody stands: somebody is suspended.
            if Int.random(in: 0..<12, using: &random) == 0 {
                shared.pass(.seconds(pauses.randomElement(using: &random) ?? 1))
            }
            return Int.random(in: 0..<steps.count, using: &random)
        }
        #expect(try await world.broken(shared) == [], "seed \(seed)")
        try await world.verify(shared, "seed \(seed)")
        // Whoever failed does it again, and all is well.
        let again = try await world.fixture.opened(in: shared.store)
        let snapshot = try await again.backUp(world.files[1])
        #expect(try await again.restore(snapshot) == world.files[1], "seed \(seed)")
    }
}
