import Model
import ObjectStorage
import TestKit
import Testing
import Vault

/// How other programs lost data through collection, played with this one.
@Suite struct InterleavingCaseTests {
    /// Plays turns such as `0.look` and pauses such as `+3600`, in seconds; then everybody goes on to the end.
    ///
    /// `0.*` lets a seat go on to its end.
    private func play(
        _ scene: InterleavingScene,
        _ script: String,
        _ trouble: Trouble = Trouble(),
        _ grain: StepGrain = .fine
    ) async throws -> InterleavingOutcome {
        let world = try await InterleavingWorld(scene, grain)
        var lines = script.split { $0 == " " || $0 == "\n" }.map(String.init)[...]
        let outcome = await SeededExecutor(seed: 1).run { [script = lines] in
            var rest = script
            return await world.play(trouble) { ready in
                while let pause = rest.first.flatMap({ $0.hasPrefix("+") ? Int64($0) : nil }) {
                    world.pass(.seconds(pause))
                    rest.removeFirst()
                }
                while let free = rest.first, free.hasSuffix(".*") {
                    if let turn = ready.first(where: { "\($0.seat).*" == free }) {
                        return Interleaving.Choice(turn.seat)
                    }
                    rest.removeFirst()
                }
                let wanted = rest.popFirst()
                let turn = ready.first { wanted == nil || $0.description == wanted }
                return Interleaving.Choice((turn ?? ready[0]).seat)
            }
        }
        let free = lines.filter { $0.hasSuffix(".*") }.map { $0.dropLast() }
        let taken = outcome.turns.map(\.description).filter { turn in
            !free.contains { turn.hasPrefix($0) }
        }
        lines.removeAll { $0.hasPrefix("+") || $0.hasSuffix(".*") }
        #expect(Array(taken.prefix(lines.count)) == Array(lines))
        #expect(outcome.complaints == [])
        return outcome
    }

    private func code(_ outcome: InterleavingOutcome, _ seat: Int) -> Fault.Code? {
        guard outcome.results.indices.contains(seat),
            case .failure(let fault) = outcome.results[seat]
        else { return nil }
        return fault.code
    }

    private func clones() async throws -> InterleavingScene {
        var scene = try await InterleavingScene()
        try await scene.addClones(2)
        return scene
    }

    private func leftover(days: Int64 = 31) async throws -> InterleavingScene {
        var scene = try await InterleavingScene()
        try await scene.addLeftovers(1, age: .seconds(days * 86_400))
        return scene
    }

    /// PSA-2025-00019-1 of Proxmox Backup Server.
    ///
    /// The collector had listed the snapshots; then one came that built on an old one, and the old one was pruned before
    /// its chunks were marked. The new one lost them.
    @Test func `a snapshot that builds on one which is given up meanwhile keeps its packs`()
        async throws
    {
        // Stored between the collector's look and its tombstone.
        let before = try await play(
            try await clones(),
            "1.look 1.read 0.look 0.read 0.prove 0.commit 2.mark 1.prove 1.commit 2.tombstone"
                + " 2.night 2.sweep"
        )
        #expect(code(before, 1) == nil && before.spared > 0 && before.packsDeleted == 0)
        // Proven before the tombstone and stored after it.
        let across = try await play(
            try await clones(),
            "1.look 1.read 0.look 0.read 0.prove 0.commit 2.mark 1.prove 2.tombstone +3000 1.commit"
                + " 2.night 2.sweep"
        )
        #expect(code(across, 1) == nil && across.spared > 0 && across.packsDeleted == 0)
        // Not proven before the tombstone: refused.
        let after = try await play(
            try await clones(),
            "1.look 1.read 0.look 0.read 0.prove 0.commit 2.mark 2.tombstone 1.prove"
        )
        #expect(code(after, 1) == .doomed && after.packsDeleted > 0)
    }

    /// kopia #1949: the lid of a laptop was closed while it collected; what it had seen was hours old when it deleted.
    @Test func `a collector that slept after it looked deletes nothing that is needed`()
        async throws
    {
        let marking = try await play(
            try await leftover(),
            "1.mark +180000 0.look 0.read 0.prove 0.commit +180000 1.tombstone 1.night 1.sweep"
        )
        #expect(code(marking, 0) == nil && marking.packsDeleted == 0 && marking.spared > 0)
        let sweeping = try await play(
            try await leftover(),
            "1.mark 1.tombstone 1.night 1.sweep 1.again +180000 0.look 0.read 0.prove 0.commit"
                + " +180000 1.delete"
        )
        #expect(code(sweeping, 0) == nil && sweeping.packsDeleted > 0)
        // The writer's lid: it slept between its proof and its snapshot, and is not told that all is well.
        let writing = try await play(
            try await leftover(),
            "0.look 0.read 0.prove 1.mark 1.tombstone 1.night 1.sweep 1.again 1.delete 0.commit"
        )
        #expect(code(writing, 0) == .doomed && writing.late == 0)
    }

    /// duplicacy #323: a prune took what a running backup had stored for leftovers, since no snapshot named it yet.
    @Test
    func `what a running backup has stored stays while it is young, and it notices when it goes`()
        async throws
    {
        let young = try await play(
            try await leftover(days: 1),
            "0.look 0.read +86000 1.mark 1.night 1.sweep 0.prove 0.commit"
        )
        #expect(code(young, 0) == nil && young.packsDeleted == 0)
        let old = try await play(
            try await leftover(days: 1),
            "0.look 0.read +260000 1.mark 1.tombstone 1.night 1.sweep 1.again 1.delete 0.prove"
        )
        #expect(code(old, 0) == .doomed && old.packsDeleted > 0)
    }

    /// restic #2674: an index outlived the packs that it named, so later backups referred to what was gone.
    @Test func `what a host remembers of packs that are gone is not used`() async throws {
        let outcome = try await play(
            try await leftover(),
            "1.mark 1.tombstone 1.night 1.sweep 1.again 1.delete 0.look 0.read 0.prove 0.commit"
        )
        #expect(code(outcome, 0) == nil && outcome.packsDeleted > 0)
        let pending = try await play(
            try await leftover(),
            "1.mark 1.tombstone 0.look 0.read 0.prove 0.commit 1.night 1.sweep"
        )
        #expect(code(pending, 0) == nil && pending.packsDeleted > 0)
    }

    private func copies() async throws -> (scene: InterleavingScene, trouble: Trouble) {
        var scene = try await InterleavingScene()
        try await scene.addCopy()
        var trouble = Trouble()
        trouble.collectors = 2
        trouble.runs = 3
        return (scene, trouble)
    }

    /// Two collectors of one host, 1 and 2: both marked, and 2 has looked and is about to delete packs.
    private static let asleep =
        "1.mark 1.tombstone 2.mark 1.night 2.night 2.sweep 2.again 1.sweep 1.again 2.delete 2.again"
    /// The other one carries the tombstone out; it stands before its next night then.
    private static let faster = "1.delete 1.again 1.delete"

    /// Found by the seeds here.
    ///
    /// One collector carried a tombstone out and removed it; a replication brought a pack of that name anew; another
    /// collector, which had looked before, deleted that. The tombstone stays now, and the replication waits for it.
    @Test func `a pack comes back only when no collector can still act on what was carried out`()
        async throws
    {
        let (scene, trouble) = try await copies()
        let early = try await play(scene, "\(Self.asleep) \(Self.faster) 0.* 2.delete", trouble)
        #expect(early.copied == 0 && code(early, 0) == nil && early.packsDeleted > 0)
        #expect(early.collectorFaults.isEmpty)
        // Once the next run of the faster one has taken the tombstone away, it comes.
        let late = try await play(
            scene,
            "\(Self.asleep) \(Self.faster) 2.delete 1.night 1.sweep 1.again 0.*",
            trouble
        )
        #expect(late.copied == 1 && late.collectorFaults.isEmpty)
    }

    /// A replication that slept while it stored a head, beside one collector: what it needs was there when it looked again,
    /// and the collector had listed the heads before.
    @Test func `a replication that stored a head too late is no success while a pack is marked`()
        async throws
    {
        let outcome = try await play(
            try await copies().scene,
            "0.look 0.send 0.prove 0.commit 1.mark 1.tombstone 1.night 1.sweep 1.again 1.delete 1.again"
                + " 0.put 0.prove 0.commit 1.delete",
            Trouble(),
            .finest
        )
        #expect(code(outcome, 0) == .doomed && outcome.late == 1)
    }

    /// Two collectors again: whoever looks once more after a long sleep finds the tombstone gone.
    @Test func `a collector whose tombstone another one carried out deletes nothing else`()
        async throws
    {
        let (scene, trouble) = try await copies()
        let overtaken = try await play(
            scene,
            "1.mark 1.tombstone 2.mark 1.night 2.night 2.sweep 2.again 1.sweep 1.again 1.delete 1.again"
                + " 1.delete 1.night 1.sweep 1.again 0.* 2.delete 2.again",
            trouble
        )
        #expect(overtaken.copied == 1)
        #expect(overtaken.collectorFaults.map(\.code) == [.streamBusy])
    }
}
