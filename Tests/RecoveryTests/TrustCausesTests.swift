import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// What is not trusted, by its cause: each with its id, its exit code and the command that mends it.
@Suite(.ownThreads) struct TrustCausesTests {
    private func backedUp() async throws -> Playground {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        return playground
    }

    @Test func `another vault at the address is refused, and nothing is written to it`()
        async throws
    {
        let playground = try await backedUp()
        let other = try await backedUp()
        try playground.remove("vault")
        let place = Command(
            "cp",
            arguments: ["-a", other.vault.string, "vault"],
            workingDirectory: playground.path
        )
        _ = try await place.runSuccessfully(outputLimit: 1000)
        let packs = try playground.packs(of: "vault").count
        for words in [["backup"], ["ls"], ["status"], ["restore", "web/files", "--to", "out"]] {
            let refused = try await playground.run(words)
            #expect(refused.code == 15, "\(words): \(refused.text)")
            #expect(refused.errors.contains("id: E-COPY-FOREIGN"))
            #expect(refused.errors.contains("Mend the address under `copies:`"))
        }
        #expect(try playground.packs(of: "vault").count == packs)
    }

    @Test func `a host that nobody enrolled has the wrong key, and enrolling mends it`()
        async throws
    {
        let playground = try await backedUp()
        try playground.remove("vault/hosts")
        let refused = try await playground.run(["backup"])
        #expect(refused.code == 12, "\(refused.text)")
        #expect(refused.errors.contains("id: E-KEYS-NOT-ENROLLED"))
        #expect(refused.errors.contains("lifeboat key enrol --kit FILE"))
        #expect(refused.errors.contains("lifeboat check --repair"))
        #expect(try await playground.run(["key", "enrol", "--kit", "kit.txt"]).code == 0)
        // That the first one is gone is damage until it is back: the host has seen it.
        #expect(try await playground.run(["backup"]).code == 5)
        #expect(try await playground.run(["check", "--repair"]).code == 0)
        #expect(try await playground.run(["backup"]).code == 0)
    }
}
