import Foundation
import Model
import PostgresProtection
import Protection
import SystemPackage
import TestKit
import Testing
import Vault

/// A base backup with damaged pages is the last choice, and never a silent one.
@Suite(.serialized, .ownThreads) struct DamagedBaseTests {
    /// Overwrites bytes in the middle of a page, as a failing disk does.
    private func damage(_ server: PostgresServer) throws {
        let path = try server.psql("select pg_relation_filepath('calls')")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let file = try FileHandle(forUpdating: server.data.appending(path: path))
        try file.seek(toOffset: 3 * 8192 + 5000)
        try file.write(contentsOf: Data([0xde, 0xad, 0xbe, 0xef]))
        try file.close()
    }

    @Test func `an older whole base is taken before a newer damaged one`() async throws {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        defer { server.remove() }
        try server.start()
        try server.psql("create table calls (note text)")
        try server.psql(
            "insert into calls select repeat(md5(g::text), 60) from generate_series(1, 3000) g"
        )
        let cluster = try await ProtectedCluster(server: server)
        let (whole, damaged) = try await cluster.receiving {
            let whole = try await cluster.backUp()
            try server.psql("checkpoint")
            try self.damage(server)
            var everything = cluster.settings()
            everything.fullEvery = .zero
            let damaged = try await cluster.backUp(everything)
            try await cluster.waitForHeartbeat(after: cluster.now())
            return (whole, damaged)
        }
        #expect(whole.head.problems == 0 && damaged.head.problems == 1)
        let component = cluster.component(recovers: false)
        let place = cluster.scratch.path.appending("out")
        var request = cluster.request(.latest, to: place)
        let plan = try await component.planRestore(request)
        #expect(plan.snapshot.id == whole.id)
        #expect(!plan.steps.contains { $0.contains("damaged") })
        request.only = damaged.id
        let forced = try await component.planRestore(request)
        #expect(forced.steps.contains { $0.hasPrefix("careful: the base has 1 damaged page") })
        let outcome = try await component.restore(forced, request, progress: .silent)
        #expect(outcome.problems.contains { $0.hasPrefix("the base has 1 damaged page") })
        // A position at which no record is cannot be reached.
        let end = try #require(plan.facts["end"].flatMap { LSN($0) })
        let next = cluster.scratch.path.appending("next")
        let fault = await #expect(throws: Fault.self) {
            _ = try await component.planRestore(cluster.request(.lsn(end), to: next))
        }
        #expect(fault?.code == .targetOutsideWindow)
        #expect(fault?.hints.first?.contains("--at latest") == true)
    }
}
