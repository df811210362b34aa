import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What came back whole is remembered by the copies, and never given up while it is the last of its kind.
@Suite(.ownThreads) struct RestoreProofTests {
    private func three() async throws -> Playground {
        let playground = try await Playground.initialised()
        for number in 1...3 {
            try playground.write("source/letter", "letter number \(number)\n")
            #expect(try await playground.run(["backup"]).code == 0)
        }
        try playground.edit("- {name: local,", "- {keep: {last: 1}, name: local,")
        return playground
    }

    /// How many snapshots a plan of retention drops.
    private func dropped(_ playground: Playground) async throws -> Int {
        let plan = try await playground.run(["prune", "--dry-run"])
        return plan.text.split(separator: "\n").count { $0.contains("dropped:") }
    }

    @Test func `the snapshot that a restore proved stays`() async throws {
        let playground = try await three()
        let all = try await dropped(playground)
        #expect(try await playground.run(["status"]).output.contains("whole: files never"))
        let old = ["restore", "web/files", "--to", "out", "--at", "files@1", "--yes"]
        let restored = try await playground.run(old)
        #expect(restored.code == 0 && !restored.text.contains("note:"), "\(restored.text)")
        let plan = try await playground.run(["prune", "--dry-run"])
        #expect(plan.text.contains("the last one that a restore proved"), "\(plan.text)")
        #expect(try await dropped(playground) == all - 1)
        let status = try await playground.run(["status"])
        #expect(status.output.contains("whole: files 2"), "\(status.text)")
        #expect(try await playground.run(["check", "--deep"]).code == 0)
        // A later restore of another one takes its place.
        let newest = ["restore", "web/files", "--to", "out2", "--yes"]
        #expect(try await playground.run(newest).code == 0)
        #expect(try await dropped(playground) == all)
    }

    @Test func `a restore that failed proves nothing, and a copy that takes no word is named`()
        async throws
    {
        let playground = try await three()
        let packs = try playground.packs(of: "vault").map(\.path)
        for pack in packs { try playground.flip(pack) }
        let failed = try await playground.run([
            "restore", "web/files", "--to", "out", "--at", "files@1", "--yes",
        ])
        #expect(failed.code == 5, "\(failed.text)")
        for pack in packs { try playground.flip(pack) }
        #expect(try await playground.run(["status"]).output.contains("whole: files never"))
        try playground.write("vault/reports", "in the way")
        let told = try await playground.run(["restore", "web/files", "--to", "out2", "--yes"])
        #expect(
            told.code == 0 && told.text.contains("does not know of this restore"),
            "\(told.text)"
        )
    }
}
