import Model
import ObjectStorage
import Synchronization
import SystemPackage
import TestKit
import Vault

/// Plays a scene again and again, in one order after the other; one thread uses it.
///
/// The writers have the first seats, then comes the copier if there is one, then the collectors.
final class InterleavingWorld: Sendable {
    /// Who does not look again.
    enum Blindness: Sendable {
        case writers, copier, collector
    }

    /// What one run came to, before it is judged.
    struct Results {
        /// How each writer and copier ended.
        var ends: [Int: Result<SnapshotID?, Fault>] = [:]
        /// Whose machines died on the way.
        var crashed: Set<Int> = []
        var copied = 0
        var spared = 0
        var faults: [Fault] = []
    }

    let scene: InterleavingScene
    let grain: StepGrain
    let store = MemoryStore()
    let turns = Interleaving()
    let judge: DeletionJudge
    let lag: ListingLag
    /// Reads the vault as it is, whoever's turn it is.
    let reader: VaultFixture
    /// What writers read the time from.
    let clock = SimulatedClock(InterleavingScene.start)
    /// What collectors read the time from.
    let collectorClock = SimulatedClock(InterleavingScene.start)
    let folder: ScratchFolder
    let results = Mutex(Results())
    /// The vault as each seat sees it.
    let vaults: [Vault]
    /// The other copy, if there is one.
    let source: Vault?
    private let blinds: [BlindStore]

    /// The seat of the copier, if there is one.
    var copier: Int { scene.writers.count }
    /// The seat of the first collector.
    var collector: Int { scene.writers.count + (scene.source == nil ? 0 : 1) }

    init(
        _ scene: InterleavingScene,
        _ grain: StepGrain,
        blind: Blindness? = nil
    ) async throws {
        self.scene = scene
        self.grain = grain
        store.become(scene.store)
        judge = DeletionJudge(store)
        lag = ListingLag(store)
        folder = try ScratchFolder(inMemory: true)
        reader = try await VaultFixture(movingTo: folder, from: scene.fixture).opened(in: store)
        var kinds = scene.writers.map { _ in
            (plan: grain.writer, prefixes: ["gc/", "packs/"], isBlind: blind == .writers)
        }
        if scene.source != nil {
            kinds.append((grain.copier, ["gc/", "ledger/", "packs/"], blind == .copier))
        }
        for _ in 0..<2 {
            kinds.append((grain.collector, ["snapshots/"], blind == .collector))
        }
        let id = scene.fixture.vault.id
        var vaults: [Vault] = []
        var blinds: [BlindStore] = []
        for (seat, kind) in kinds.enumerated() {
            let (judge, lag) = (judge, lag)
            let plain = HidingStore(store) { lag.hides($0) }
            let seen = BlindStore(plain, prefixes: kind.isBlind ? Set(kind.prefixes) : [])
            blinds.append(seen)
            let stepped = SteppedStore(seen, in: turns, seat: seat, plan: kind.plan) {
                judge.hear(seat, $0, $1)
                if $0 == .put { lag.hear($1) }
            }
            vaults.append(try await Vault.open(stepped, expecting: id))
        }
        self.vaults = vaults
        self.blinds = blinds
        if let other = scene.source {
            source = try await Vault.open(other, expecting: id)
        } else {
            source = nil
        }
    }

    /// Lets time go by, for everybody.
    func pass(_ time: Duration) {
        store.advance(by: time)
        clock.advance(by: time)
        collectorClock.advance(by: time)
    }

    /// Plays the scene in an order.
    func play(_ order: StepOrder) async -> (StepOrder, InterleavingOutcome) {
        var order = order
        let outcome = await play(Trouble()) { ready in
            Interleaving.Choice(order.choose(ready.map(\.seat)))
        }
        return (order, outcome)
    }

    /// Plays the scene as somebody chooses.
    func play(
        _ trouble: Trouble,
        choose: ([Interleaving.Turn]) -> Interleaving.Choice
    ) async -> InterleavingOutcome {
        store.become(scene.store)
        clock.set(scene.clock.now() + trouble.writersAhead)
        collectorClock.set(scene.clock.now() + trouble.collectorAhead)
        lag.begin(longest: trouble.lag, seed: trouble.seed)
        judge.forget(forgiving: trouble.collectors > 1)
        for blind in blinds { blind.forget() }
        results.withLock { $0 = Results() }
        var parts = scene.writers.indices.map { number in
            Interleaving.Part(first: "look") { await self.write(number, trouble) }
        }
        if scene.source != nil {
            parts.append(Interleaving.Part(first: "look") { await self.copy(trouble) })
        }
        for number in 0..<trouble.collectors {
            let seat = collector + number
            parts.append(
                Interleaving.Part(first: "mark") { await self.collect(seat, trouble.runs) }
            )
        }
        let taken = await turns.run(parts, choose: choose)
        return await verdict(taken, results.withLock { $0 }, trouble)
    }
}
