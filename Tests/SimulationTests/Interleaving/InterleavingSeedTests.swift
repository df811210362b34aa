import Model
import TestKit
import Testing
import Vault

/// Random orders of everybody's steps, with pauses, wrong clocks, listings that lag and machines that die.
///
/// `LIFEBOAT_SEEDS` says how many; `LIFEBOAT_FIRST_SEED` where to begin, to see one again.
@Suite struct InterleavingSeedTests {
    private static func scenes() async throws -> [InterleavingScene] {
        let day: Int64 = 86_400
        var scenes: [InterleavingScene] = []
        for (leftovers, age, clones, copies) in [
            (1, 3 * day, 0, 0), (2, 31 * day, 0, 0), (0, 0, 2, 0), (1, 31 * day, 2, 0),
            (1, 31 * day, 0, 1), (0, 0, 0, 1), (0, 0, 3, 0),
        ] {
            var scene = try await InterleavingScene()
            if leftovers > 0 { try await scene.addLeftovers(leftovers, age: .seconds(age)) }
            if clones > 0 { try await scene.addClones(clones) }
            if copies > 0 { try await scene.addCopy() }
            scenes.append(scene)
        }
        return scenes
    }

    @Test func `whatever the order and the trouble, nothing that a snapshot needs is lost`()
        async throws
    {
        let threads = SimulationThreads(2)
        var worlds: [[InterleavingWorld]] = [[], []]
        for scene in try await Self.scenes() {
            worlds[0].append(try await InterleavingWorld(scene, .finest))
            worlds[1].append(try await InterleavingWorld(scene, .finest))
        }
        var tally = InterleavingTally()
        let began = ContinuousClock.now
        var reported = began
        var rest = Effort.seeds
        while !rest.isEmpty {
            let batch = rest.prefix(5_000)
            rest = rest.dropFirst(batch.count)
            await threads.play(Array(batch), seed: { $1 }) { [worlds] thread, seed in
                let world = worlds[thread][Int(seed % UInt64(worlds[thread].count))]
                var turns = RandomTurns(world, seed: seed)
                let outcome = await world.play(Trouble(seed: seed)) { turns.choose($0) }
                return (seed, outcome)
            } note: {
                tally.add($1, "seed \($0): ")
            }
            let now = ContinuousClock.now
            guard now - reported > .seconds(60) || rest.isEmpty else { continue }
            reported = now
            print("seeds: \(tally), in \((now - began).components.seconds) s")
        }
        #expect(tally.complaints == [])
        #expect(tally.committed > 0 && tally.packsDeleted > 0 && tally.spared > 0)
    }
}
