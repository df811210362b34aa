import Model
import Services
import TestKit
import Testing

/// The state machine with simulated services, killed at every step.
@Suite struct ServiceSwitchTests {
    private typealias Kill = SimulatedServices.Kill

    /// A database, two workers of a queue of which one runs, a web server behind both, and a job that is stopped.
    private static func shop() throws -> SimulatedServices {
        let order = try ServiceOrder(
            [
                ("web", ["db", "queue"]), ("queue", ["redis"]), ("db", []), ("job", ["db"]),
                ("reports", []),
            ],
            components: ["db", "redis"]
        )
        return SimulatedServices(
            order.nodes,
            running: [
                "web": ["web-1"], "queue": ["queue-1"], "db": ["db-1"], "job": [],
                "reports": ["reports-1", "reports-2"],
            ]
        )
    }

    @Test func `services stop against the order and start along it, and what stood still stays so`()
        throws
    {
        var shop = try Self.shop()
        let before = shop.running
        let machine = try shop.restored(["db"])
        #expect(
            shop.history == [
                "stop reports", "stop web", "stop db", "start db", "start web", "start reports",
            ]
        )
        #expect(shop.running == before)
        #expect(shop.ledger == nil)
        #expect(machine.refusal == nil)
        #expect(machine.failures.isEmpty)
    }

    @Test func `where nothing runs no ledger is made`() throws {
        var shop = try Self.shop()
        shop.running = [:]
        let machine = try shop.restored(["db"])
        #expect(shop.history.isEmpty)
        #expect(machine.failures.isEmpty)
    }

    @Test func `killed at any step, the same restore again puts everything back`() throws {
        var steps = 0
        for step in 0... {
            var isOver = true
            for isDone in [false, true] {
                var shop = try Self.shop()
                let before = shop.running
                if shop.restore(["db"], kill: Kill(step: step, isDone: isDone)) == nil {
                    isOver = false
                    _ = try shop.restored(["db"])
                }
                #expect(shop.running == before, "step \(step), done: \(isDone)")
                #expect(shop.ledger == nil)
                #expect(shop.crimes.isEmpty, "step \(step), done: \(isDone)")
                steps += 1
            }
            if isOver { break }
        }
        #expect(steps > 25)
    }

    @Test func `killed at any step, putting back never starts anything on ruins`() throws {
        var whole = 0
        for step in 0..<14 {
            for isDone in [false, true] {
                var shop = try Self.shop()
                let before = shop.running
                guard shop.restore(["db"], kill: Kill(step: step, isDone: isDone)) == nil
                else { continue }
                let machine = try shop.putBack()
                #expect(shop.crimes.isEmpty, "step \(step), done: \(isDone)")
                if shop.broken.isEmpty, machine.remaining.isEmpty {
                    #expect(shop.running == before, "step \(step), done: \(isDone)")
                    whole += 1
                } else {
                    // The ledger still knows, and another restore ends it.
                    _ = try shop.restored(["db"])
                    #expect(shop.running == before, "step \(step), done: \(isDone)")
                }
                #expect(shop.ledger == nil)
            }
        }
        #expect(whole > 10)
    }

    @Test func `killed again and again, with other restores between, everything comes back`()
        throws
    {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var shop = try Self.shop()
            let before = shop.running
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let kill = Kill(
                    step: Int.random(in: 0..<16, using: &random),
                    isDone: Bool.random(using: &random)
                )
                switch Int.random(in: 0..<4, using: &random) {
                case 0: _ = shop.restore(["db"], kill: kill)
                case 1: _ = shop.restore(["redis"], kill: kill)
                case 2: _ = shop.restore(["db", "redis"], failing: ["redis"], kill: kill)
                default: _ = shop.putBack(kill: kill)
                }
                #expect(shop.crimes.isEmpty, "seed \(seed)")
            }
            _ = try shop.restored(["db", "redis"])
            #expect(shop.running == before, "seed \(seed)")
            #expect(shop.ledger == nil, "seed \(seed)")
            #expect(shop.crimes.isEmpty, "seed \(seed)")
        }
    }

    @Test func `a service that does not stop ends it, and what was stopped runs again`() throws {
        var shop = try Self.shop()
        shop.stubborn = ["db"]
        let before = shop.running
        let machine = try shop.restored(["db"])
        #expect(machine.refusal?.code == .serviceStop)
        #expect(shop.broken.isEmpty)
        #expect(shop.running == before)
        #expect(shop.ledger == nil)
    }

    @Test func `what uses a component that did not come back stays stopped, until it does`() throws
    {
        var shop = try Self.shop()
        let before = shop.running
        let machine = try shop.restored(["db", "redis"], failing: ["redis"])
        #expect(machine.remaining == ["queue", "web", "reports"])
        #expect(shop.running["db"] == ["db-1"])
        #expect(shop.running["web"] == [])
        #expect(shop.ledger?.unfinished == ["redis"])
        #expect(shop.crimes.isEmpty)
        _ = try shop.putBack()
        #expect(shop.running["web"] == [])
        _ = try shop.restored(["redis"])
        #expect(shop.running == before)
        #expect(shop.ledger == nil)
    }

    @Test func `a service that does not start is told, what needs it waits, the others start`()
        throws
    {
        var shop = try Self.shop()
        shop.lame = ["queue"]
        let before = shop.running
        let machine = try shop.restored(["db", "redis"])
        #expect(machine.failures.map(\.code) == [.serviceStart])
        #expect(machine.remaining == ["queue", "web"])
        #expect(shop.running["reports"] == before["reports"])
        #expect(shop.ledger?.unfinished == [])
        shop.lame = []
        _ = try shop.putBack()
        #expect(shop.running == before)
        #expect(shop.ledger == nil)
    }
}
