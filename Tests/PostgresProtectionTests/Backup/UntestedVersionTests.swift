import Model
import PostgresProtection
import Synchronization
import TestKit
import Testing
import Vault

/// Servers whose major version counts as one that no release was tested with.
@Suite(.ownThreads) struct UntestedVersionTests {
    @Test func `what counts as tested is tested`() {
        let majors = PostgresEdition.allCases.map(\.rawValue)
        #expect(majors == Array(PostgresSettings.testedVersions))
    }

    @Test
    func `a server of an untested version is refused, and left as it is, until that is allowed`()
        async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        var settings = cluster.settings()
        settings.tested = 16...17
        let strict = settings
        let refused = await #expect(throws: Fault.self) { try await cluster.backUp(strict) }
        #expect(refused?.code.id == "E-PG-UNTESTED")
        #expect(refused?.message.contains("the server is PostgreSQL 15") == true)
        #expect(refused?.hints.contains { $0.contains("--untested-version") } == true)
        let service = LogService(settings: strict, context: cluster.context) {}
        let ended = await #expect(throws: Fault.self) { try await service.run() }
        #expect(ended?.code.id == "E-PG-UNTESTED")
        #expect(try server.psql("select count(*) from pg_replication_slots") == "0")
        #expect(try !PostgresHealth(strict).isTested)
        #expect(try PostgresHealth(cluster.settings()).isTested)

        settings.allowsUntested = true
        let snapshot = try await cluster.backUp(settings)
        #expect(snapshot.head.facts["version"]?.hasPrefix("15") == true)
        let isSaid = cluster.notes.withLock { notes in
            notes.contains { $0.contains("PostgreSQL 15, with which Lifeboat was not tested") }
        }
        #expect(isSaid)
    }
}
