import Model
import Protection
import TestKit
import Testing
import Vault

/// Which snapshot a component without a log goes back to.
@Suite struct SnapshotChoiceTests {
    /// Snapshots taken one after the other while the clock said these times.
    private func fixture(_ times: [Int64]) async throws -> VaultFixture {
        var fixture = try await VaultFixture(in: MemoryStore())
        for time in times {
            fixture.time = Instant(seconds: time)
            try await fixture.backUp(["file": Array("\(time)".utf8)])
        }
        return fixture
    }

    private func choice(_ fixture: VaultFixture, _ target: RecoveryTarget) async throws -> UInt64 {
        try await SnapshotChoice.newest(of: fixture.stream, in: fixture.vault, at: target).id.seq
    }

    @Test func `a clock that was ahead once does not make its snapshot the newest`() async throws {
        let fixture = try await fixture([1_000, 900_000, 2_000, 3_000])
        #expect(try await choice(fixture, .latest) == 4)
        #expect(try await choice(fixture, .time(Instant(seconds: 2_500))) == 3)
        #expect(try await choice(fixture, .time(Instant(seconds: 1_500))) == 1)
        #expect(try await choice(fixture, .time(Instant(seconds: 950_000))) == 4)
    }

    @Test func `before the first snapshot there is nothing`() async throws {
        let fixture = try await fixture([1_000, 2_000])
        let fault = await #expect(throws: Fault.self) {
            try await choice(fixture, .time(Instant(seconds: 999)))
        }
        #expect(fault?.code == .noSnapshot)
    }
}
