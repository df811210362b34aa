import Model
import TestKit
import Testing
import Vault

/// Writers and a collector in every order of their steps, by the real code of all of them.
///
/// `LIFEBOAT_ORDERS=all` plays the long ones too; see `Scripts/soak`.
@Suite(.serialized) struct InterleavingTests {
    private static let threads = SimulationThreads(2)

    /// Plays a scene in every order, or every one that begins in some way.
    private func playAll(
        _ scene: InterleavingScene,
        _ grain: StepGrain,
        blind: InterleavingWorld.Blindness? = nil,
        from beginning: [Int] = [],
        _ sameness: StepOrder.Sameness,
        _ what: String
    ) async throws -> InterleavingTally {
        let worlds = [
            try await InterleavingWorld(scene, grain, blind: blind),
            try await InterleavingWorld(scene, grain, blind: blind),
        ]
        var tally = InterleavingTally()
        let began = ContinuousClock.now
        await Self.threads.playEveryOrder(from: [beginning], sameness) { thread, order in
            await worlds[thread].play(order)
        } note: {
            tally.add($0)
        }
        let seconds = (ContinuousClock.now - began).components.seconds
        print("interleavings: \(what): \(tally), in \(seconds) s")
        return tally
    }

    /// Writers of leftovers, which are alike and have streams of their own.
    private func leftovers(
        _ count: Int
    ) async throws -> (scene: InterleavingScene, sameness: StepOrder.Sameness) {
        var scene = try await InterleavingScene()
        try await scene.addLeftovers(count, age: .seconds(31 * 86_400))
        var sameness = StepOrder.Sameness()
        sameness.twins = [Array(0..<count)]
        sameness.strangers = Set(0..<count)
        return (scene, sameness)
    }

    /// Nothing is lost, and everything that should happen in some order does.
    private func check(_ tally: InterleavingTally, _ grain: StepGrain) {
        #expect(tally.complaints == [])
        #expect(tally.committed > 0 && tally.packsDeleted > 0 && tally.spared > 0)
        #expect(tally.faults["E-VAULT-DOOMED", default: 0] > 0 || tally.copied > 0)
        #expect(grain == .finest || tally.late == 0)
    }

    @Test(arguments: Effort.isFull ? [StepGrain.fine, .finest] : [.fine])
    func `a writer and a collector in every order of fine steps`(grain: StepGrain) async throws {
        let (scene, sameness) = try await leftovers(1)
        check(try await playAll(scene, grain, sameness, "1 writer, \(grain)"), grain)
    }

    @Test func `three writers of several streams and a collector`() async throws {
        let (scene, sameness) = try await leftovers(3)
        // All have looked and one has proven its packs when the collector marks; then that one commits.
        let beginning = Effort.isFull ? [] : [0, 1, 2, 0, 3, 0]
        check(
            try await playAll(scene, .coarse, from: beginning, sameness, "3 writers"),
            .coarse
        )
        guard Effort.isFull else { return }
        let two = try await leftovers(2)
        check(try await playAll(two.scene, .fine, two.sameness, "2 writers, fine"), .fine)
    }

    @Test func `clones of a host and a collector`() async throws {
        var sameness = StepOrder.Sameness()
        if Effort.isFull {
            var scene = try await InterleavingScene()
            try await scene.addClones(2)
            check(try await playAll(scene, .coarse, sameness, "2 clones"), .coarse)
        }
        var scene = try await InterleavingScene()
        try await scene.addClones(3)
        sameness.twins = [[1, 2]]
        // Two have looked when the first makes what they build on superfluous.
        let beginning = Effort.isFull ? [1, 2, 0, 0, 0] : [1, 2, 0, 0, 0, 1, 3]
        check(
            try await playAll(scene, .coarse, from: beginning, sameness, "3 clones"),
            .coarse
        )
    }

    @Test func `a copier and a collector in every order`() async throws {
        for grain in Effort.isFull ? [StepGrain.fine, .finest] : [.fine] {
            var scene = try await InterleavingScene()
            try await scene.addCopy()
            let tally = try await playAll(scene, grain, StepOrder.Sameness(), "a copier, \(grain)")
            check(tally, grain)
            #expect(tally.copied > 0)
        }
        guard Effort.isFull else { return }
        var scene = try await InterleavingScene()
        try await scene.addLeftovers(1, age: .seconds(31 * 86_400))
        try await scene.addCopy()
        var sameness = StepOrder.Sameness()
        sameness.strangers = [0, 1]
        check(try await playAll(scene, .coarse, sameness, "a writer and a copier"), .coarse)
    }

    @Test(arguments: [InterleavingWorld.Blindness.writers, .collector])
    func `without a second look a snapshot is lost in some order`(
        blind: InterleavingWorld.Blindness
    ) async throws {
        let (scene, sameness) = try await leftovers(1)
        let tally = try await playAll(scene, .coarse, blind: blind, sameness, "blind \(blind)")
        #expect(tally.broken > 0)
        #expect(tally.complaints.first?.contains("lost a pack") == true)
    }

    @Test func `a copier that does not look again loses a snapshot in some order`() async throws {
        var scene = try await InterleavingScene()
        try await scene.addCopy()
        let tally = try await playAll(
            scene,
            .fine,
            blind: .copier,
            StepOrder.Sameness(),
            "blind copier"
        )
        #expect(tally.broken > 0)
        #expect(tally.complaints.first?.contains("lost a pack") == true)
    }

    @Test func `orders that are passed over come to nothing new`() async throws {
        let (scene, sameness) = try await leftovers(Effort.isFull ? 2 : 1)
        var two = sameness
        if !Effort.isFull { two.twins = [] }
        let some = try await playAll(scene, .coarse, two, "some")
        let all = try await playAll(scene, .coarse, StepOrder.Sameness(), "all")
        #expect(some.plays <= all.plays)
        #expect(some.gists == all.gists)
    }
}
