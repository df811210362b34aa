import Model
import Protection
import Recovery
import Testing
import Vault

struct SummaryTests {
    private let clock = Instant(seconds: 1_795_000_000)
    private let unreachable = Fault(.init("E-A", .retry, exit: .sourceUnreachable), "a")
    private let damaged = Fault(.init("E-B", .corrupt, exit: .damaged), "b")

    private func backup(_ faults: [Fault]) -> BackupSummary {
        BackupSummary(
            set: "0123456789abcdef",
            started: clock,
            finished: clock,
            results: faults.map {
                ComponentBackup(name: "x", kind: .files, result: .failure($0), duration: .zero)
            }
        )
    }

    @Test
    func `when nothing was backed up the first fault decides`() {
        #expect(backup([]).exit == .success)
        #expect(backup([unreachable]).exit == .sourceUnreachable)
        #expect(backup([damaged, unreachable]).exit == .damaged)
        #expect(backup([unreachable, damaged]).exit == .sourceUnreachable)
        #expect(backup([unreachable, damaged]).fault?.code.id == "E-A")
    }

    private func restore(_ results: [Result<RestoreOutcome, Fault>]) -> RestoreSummary {
        RestoreSummary(
            results: results.map {
                ComponentRestore(name: "x", kind: .files, result: $0, duration: .zero)
            },
            duration: .zero
        )
    }

    @Test
    func `what could not be brought back makes a restore incomplete`() {
        let whole = RestoreOutcome(point: nil, lines: [], bytes: .zero)
        let part = RestoreOutcome(point: nil, lines: [], problems: ["owner"], bytes: .zero)
        #expect(restore([.success(whole)]).exit == .success)
        #expect(restore([.success(whole), .success(part)]).exit == .incomplete)
        #expect(restore([.success(whole), .failure(unreachable)]).exit == .incomplete)
        #expect(restore([.failure(unreachable), .failure(damaged)]).exit == .sourceUnreachable)
        // Damage is never hidden behind what went well.
        #expect(restore([.success(part), .failure(damaged)]).exit == .damaged)
        #expect(
            restore([.success(part), .failure(unreachable), .failure(damaged)]).exit == .damaged
        )
    }
}
