import Foundation
import Model
import Protection
import RedisProtection
import RedisWire
import SystemPackage
import TestKit
import Testing
import Vault

extension RedisLiveTests {
    @Test(arguments: [RedisExpiries.shift, .drop])
    func `expiries move on or go, in a live server as in files`(expiries: RedisExpiries)
        async throws
    {
        let (source, harness) = try await Self.source(.redis7, 400)
        defer { source.remove() }
        let before = try await source.run("PEXPIRETIME", "key:2")
        guard case .integer(let moment) = before else { throw Fault(.invalidValue, "no expiry") }
        let snapshot = try #require(
            try await harness.vault.snapshots(of: harness.stream).snapshots.last
        )
        // Two hours later all of them would have expired.
        let later = snapshot.head.time + .seconds(7_200)
        let request = harness.request(to: harness.folder, now: later)
        let expected = expiries == .drop ? -1 : moment + 7_200_000
        let target = try Self.server()
        defer { target.remove() }
        let live = Self.live(target, expiries: expiries)
        let plan = try await live.planRestore(request)
        #expect(plan.steps.contains("none of the keys has expired by now"))
        _ = try await live.restore(plan, request, progress: .silent)
        #expect(try await target.run("PEXPIRETIME", "key:2") == .integer(expected))
        #expect(try await target.run("DBSIZE") == .integer(200))

        let chosen = try Self.server()
        defer { chosen.remove() }
        let merge = Self.live(chosen, try RedisSelection(prefixes: [""]), expiries: expiries)
        let merging = try await merge.planRestore(request)
        _ = try await merge.restore(merging, request, progress: .silent)
        #expect(try await chosen.run("PEXPIRETIME", "key:2") == .integer(expected))
        #expect(try await chosen.contentDigest() == target.contentDigest())

        var stopped = RedisComponent(
            name: "cache",
            address: RedisAddress(endpoint: .tcp(host: "127.0.0.1", port: 1)),
            isAppendOnly: true
        )
        stopped.expiries = expiries
        let files = try await stopped.planRestore(request)
        _ = try await stopped.restore(files, request, progress: .silent)
        let restored = try RedisServer(stopped: ())
        defer { restored.remove() }
        try FileManager.default.moveItem(
            atPath: harness.folder.appending("appendonlydir").string,
            toPath: restored.directory.path + "/appendonlydir"
        )
        try restored.start(["--appendonly", "yes"])
        #expect(try await restored.run("PEXPIRETIME", "key:2") == .integer(expected))
        #expect(try await restored.contentDigest() == target.contentDigest())
    }
}
