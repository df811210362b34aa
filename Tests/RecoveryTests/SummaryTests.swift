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
    func `the first fault decides how a backup ends`() {
        #expect(backup([]).exit == .success)
        #expect(backup([unreachable]).exit == .sourceUnreachable)
        #expect(backup([damaged, unreachable]).exit == .damaged)
        #expect(backup([unreachable, damaged]).fault?.code.id == "E-A")
    }

    @Test
    func `what could not be brought back makes a restore incomplete`() {
        func restore(_ results: [Result<RestoreOutcome, Fault>]) -> RestoreSummary {
            RestoreSummary(
                results: results.map {
                    ComponentRestore(name: "x", kind: .files, result: $0, duration: .zero)
                },
                duration: .zero
            )
        }
        let whole = RestoreOutcome(point: nil, lines: [], bytes: .zero)
        let part = RestoreOutcome(point: nil, lines: [], problems: ["owner"], bytes: .zero)
        #expect(restore([.success(whole)]).exit == .success)
        #expect(restore([.success(whole), .success(part)]).exit == .incomplete)
        #expect(restore([.success(part), .failure(damaged)]).exit == .damaged)
    }
}
