import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The real executable, killed with SIGKILL at seeded moments of a backup.
@Suite(.ownThreads) struct KillTests {
    @Test func `killed at thirty moments, the vault stays whole and earlier snapshots restore`()
        async throws
    {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let playground = try await Playground.initialised()
        try fill(playground, round: 0, &random)
        let began = ContinuousClock.now
        try #require(await playground.run(["backup"]).code == 0)
        // What a backup takes here and now: other tests share the machine, so it is measured again and again.
        var usual = began.duration(to: .now)
        let moment = SystemClock().now()
        let expected = try playground.read("source/file3")
        var killed = 0
        for round in 1...150 where killed < 30 {
            try fill(playground, round: round, &random)
            let delay = usual * Double.random(in: 0.01...0.99, using: &random)
            if let took = try await playground.kill(["backup"], after: delay) {
                usual = took
                continue
            }
            killed += 1
            let check = try await playground.run(["check"])
            #expect(check.code == 0, "round \(round), seed \(seed): \(check.text)")
        }
        #expect(killed == 30, "seed \(seed)")
        try await restore(playground, ["--at", moment.rfc3339()], to: "early", expected)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check", "--deep"]).code == 0)
        let newest = try playground.read("source/file3")
        #expect(newest != expected)
        try await restore(playground, [], to: "late", newest)
    }

    private func restore(
        _ playground: Playground,
        _ flags: [String],
        to folder: String,
        _ expected: String
    ) async throws {
        let arguments = ["restore", "web/files", "--to", folder, "--yes"] + flags
        let restore = try await playground.run(arguments)
        #expect(restore.code == 0, "\(restore.text)")
        #expect(try playground.read(playground.restored(folder, "source/file3")) == expected)
    }

    /// Changes a part of the files: enough new bytes that a backup takes a while.
    private func fill(
        _ playground: Playground,
        round: Int,
        _ random: inout SeededGenerator
    ) throws {
        for number in 0..<8 {
            var text = "round \(round)\n"
            for _ in 0..<40_000 { text += String(random.next(), radix: 16) + "\n" }
            try playground.write("source/file\(number)", text)
        }
    }
}
