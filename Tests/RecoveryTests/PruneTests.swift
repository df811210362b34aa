import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// `lifeboat prune` on a real directory, whose files are made older to let time go by.
@Suite(.ownThreads) struct PruneTests {
    private func stack(_ playground: Playground, _ clock: SimulatedClock) throws -> Stack {
        let decoded = try StackConfiguration.decode(
            try playground.read("lifeboat.yaml"),
            file: playground.configuration.string,
            environment: [:],
            machine: "h1"
        )
        return Stack(decoded.configuration, variables: [:], clock: clock)
    }

    /// Lets marks and packs have been stored some days ago.
    ///
    /// Not the heads: one that the store had before its own time would be in doubt, and stay.
    private func age(_ playground: Playground, days: Int) async throws {
        let age = "\(days) days ago"
        _ = try await Command(
            "find",
            arguments: [
                playground.vault.string, "-type", "f", "-not", "-path", "*/snapshots/*", "-exec",
                "touch", "-d", age, "{}", "+",
            ]
        ).runSuccessfully(outputLimit: 1 << 16)
    }

    @Test func `prune explains, asks, marks, and a day later deletes`() async throws {
        let playground = try await Playground.initialised()
        for number in 0..<4 {
            try playground.write("source/letter", "letter number \(number)\n")
            #expect(try await playground.run(["backup"]).code == 0)
        }
        let free = try await playground.run(["prune", "web", "--dry-run"])
        #expect(free.code == 0 && free.text.contains("everything stays (forever)"), "\(free.text)")
        try playground.write(
            "lifeboat.yaml",
            try playground.read("lifeboat.yaml").replacing(
                "- {name: local,",
                with: "- {keep: {last: 2}, name: local,"
            )
        )
        let plan = try await playground.run(["prune", "--dry-run"])
        #expect(plan.text.contains("among the newest (last 2 of 2)"), "\(plan.text)")
        #expect(plan.text.contains("dropped: no rule wants it"), "\(plan.text)")
        let refused = try await playground.run(["prune"])
        #expect(refused.code == 15, "\(refused.text)")
        let held = try await playground.run(["prune", "--hold", "files@1", "--reason", "audit"])
        #expect(held.code == 0, "\(held.text)")
        let marked = try await playground.run(["prune", "--yes", "--json"])
        #expect(marked.code == 0 && marked.text.contains("\"held: audit\""), "\(marked.text)")
        let clock = SimulatedClock(SystemClock().now() + .seconds(2 * 86_400))
        try await age(playground, days: 2)
        let report = try await StackPrune(try stack(playground, clock)).run()
        #expect(report.swept.forgotten.count == 3, "\(report.swept)")
        #expect(try await playground.run(["check", "--deep"]).code == 0)
        let list = try await playground.run(["ls", "--json"])
        #expect(list.text.contains("snapshots/h1.web.files/0000000001"), "\(list.text)")
        #expect(!list.text.contains("snapshots/h1.web.files/0000000002"), "\(list.text)")
        #expect(try await playground.run(["prune", "--release", "files@1"]).code == 0)
        #expect(try await playground.run(["prune", "--release", "files@1"]).code == 2)
        #expect(
            try await playground.run(["prune", "--hold", "files@9", "--reason", "x"]).code == 15
        )
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check"]).code == 0)
    }

    @Test func `what prune cannot do, it says`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["prune", "--copy", "moon", "--dry-run"]).code == 2)
        #expect(try await playground.run(["prune", "web/files"]).code == 2)
        #expect(try await playground.run(["prune", "--hold", "files@1"]).code == 2)
        #expect(try await playground.run(["prune", "--host", "other", "--dry-run"]).code == 0)
    }
}
