import Model
import TestKit

/// Chooses turns at random; time goes by between them, clocks are set, and machines die.
struct RandomTurns {
    private let world: InterleavingWorld
    private var random: SeededGenerator

    init(_ world: InterleavingWorld, seed: UInt64) {
        self.world = world
        random = SeededGenerator(seed: ~seed)
    }

    mutating func choose(_ ready: [Interleaving.Turn]) -> Interleaving.Choice {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<20: world.pass(.seconds(Int64.random(in: 1...1_500, using: &random)))
        case 20..<26: world.pass(.seconds(3_700))
        case 26..<31: world.pass(.seconds(90_000))
        case 31..<34: world.pass(.seconds(180_000))
        case 34: world.clock.set(world.clock.now() + jump())
        case 35: world.collectorClock.set(world.collectorClock.now() + jump())
        default: break
        }
        let seat = ready[Int.random(in: ready.indices, using: &random)].seat
        guard Int.random(in: 0..<25, using: &random) == 0 else { return Interleaving.Choice(seat) }
        return Interleaving.Choice(
            seat,
            dyingAfter: Int.random(in: 0...8, using: &random),
            isLastHeard: Bool.random(using: &random)
        )
    }

    /// How far somebody sets a clock.
    private mutating func jump() -> Duration {
        .seconds(Int64.random(in: -400...400, using: &random) * 86_400)
    }
}
