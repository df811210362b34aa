import Foundation
import TestKit
import Testing

/// Lifeboat and PostgreSQL, killed with SIGKILL at seeded moments of everything that they do together.
///
/// `LIFEBOAT_KILLS` says how often, `LIFEBOAT_FIRST_SEED` at which moments; see `Scripts/soak kills`.
@Suite(.punctualThreads) struct KilledAnywhereTests {
    private let settings = ProcessInfo.processInfo.environment

    @Test(.timeLimit(.minutes(120)))
    func `whoever is killed, and whenever, what was backed up comes back and nothing is left over`()
        async throws
    {
        let victims = KilledStack.Victim.allCases
        let kills = settings["LIFEBOAT_KILLS"].flatMap { Int($0) } ?? victims.count
        let seed =
            settings["LIFEBOAT_FIRST_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<1_000_000)
        print("seed \(seed)")
        var stack = try await KilledStack(seed: seed)
        let server = stack.scene.server
        defer { server.remove() }
        for number in 0..<kills {
            let victim = victims[number % victims.count]
            let what = "seed \(seed), kill \(number + 1), \(victim.rawValue)"
            try await stack.kill(victim)
            try await stack.verify(what)
            try await stack.backUp()
        }
        let restored = try PostgresServer.emptyDirectory()
        defer { restored.remove() }
        let ending = try await stack.scene.playground.run([
            "restore", "db/postgres", "--to", restored.data.path, "--yes",
        ])
        #expect(ending.code == 0, "seed \(seed): \(ending.text)")
        try restored.adoptData(settings: ["archive_mode": "off"])
        try restored.start()
        for table in ["ledger", "filler"] {
            let content = "select count(*), sum(hashtext(t::text)::bigint) from \(table) t"
            #expect(try restored.psql(content) == server.psql(content), "seed \(seed)")
        }
        #expect(stack.written == stack.secured && stack.written >= kills)
        let deep = try await stack.scene.playground.run(["check", "--deep"])
        #expect(deep.code == 0, "seed \(seed): \(deep.text)")
    }
}
