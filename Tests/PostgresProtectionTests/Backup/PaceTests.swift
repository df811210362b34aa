import PostgresProtection
import Testing

/// How a busy database slows its backup down.
struct PaceTests {
    private let busy = BackOff.Look(sessions: 9, wait: .milliseconds(10))
    private let calm = BackOff.Look(sessions: 8, wait: .milliseconds(10))

    @Test func `each busy look halves the speed, each calm one doubles it, and it never stops`() {
        var backOff = BackOff(BackOff.Bounds(sessions: 8))
        #expect(backOff.pause(after: .seconds(1)) == .zero)
        #expect(backOff.observe(calm) == nil)
        let first = backOff.observe(busy)
        #expect(first?.contains("9 sessions run something, more than 8") == true)
        #expect(backOff.pause(after: .seconds(1)) == .seconds(1))
        #expect(backOff.observe(busy) == nil)
        #expect(backOff.pause(after: .seconds(1)) == .seconds(3))
        for _ in 0..<20 { #expect(backOff.observe(busy) == nil) }
        #expect(backOff.pause(after: .seconds(1)) == .seconds(31))
        for _ in 0..<4 { #expect(backOff.observe(calm) == nil) }
        #expect(backOff.observe(calm)?.contains("calm again") == true)
        #expect(backOff.pause(after: .seconds(1)) == .zero)
    }

    @Test func `slow reads count too, and without bounds nothing does`() {
        var backOff = BackOff(BackOff.Bounds(wait: .milliseconds(50)))
        #expect(backOff.observe(BackOff.Look(wait: .milliseconds(50))) == nil)
        let note = backOff.observe(BackOff.Look(sessions: 900, wait: .milliseconds(51)))
        #expect(note?.contains("a MiB took 51 ms, more than 50") == true)
        var unbound = BackOff(BackOff.Bounds())
        #expect(unbound.observe(BackOff.Look(sessions: 900, wait: .seconds(9))) == nil)
        #expect(unbound.level == 0)
    }
}
