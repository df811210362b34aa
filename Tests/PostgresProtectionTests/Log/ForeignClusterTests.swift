import Foundation
import Model
import PostgresProtection
import Protection
import TestKit
import Testing

/// Another cluster answers where the protected one did.
@Suite(.serialized, .ownThreads) struct ForeignClusterTests {
    private let binaries = PostgresEdition.v16.binaries

    @Test func `an upgraded cluster is another one, nothing is left on it, and the old one stays`()
        async throws
    {
        let old = try PostgresServer.make()
        defer { old.remove() }
        try old.start()
        let cluster = try await ProtectedCluster(server: old)
        try old.psql("create table ledger as select g, md5(g::text) from generate_series(1, 999) g")
        try await cluster.backUp()
        let expected = try ClusterOracle(server: old).contents()
        try old.dropSlot("lifeboat_shop")
        try old.stop()
        let new = try PostgresServer.make(binaries: binaries)
        defer { new.remove() }
        try new.run(
            "pg_upgrade",
            [
                "-b", old.binaries.path, "-B", binaries.path, "-d", old.data.path, "-D",
                new.data.path, "-U", "postgres", "-s", new.root.path,
            ]
        )
        try new.start()
        #expect(try ClusterOracle(server: new).contents() == expected)
        let backup = await #expect(throws: Fault.self) {
            try await cluster.backUp(.auto, server: new)
        }
        #expect(backup?.code == .foreignCluster)
        #expect(backup?.hints.first?.contains("a component name of its own") == true)
        let receiving = await #expect(throws: Fault.self) {
            try await cluster.receiving(from: new) { try await Task.sleep(for: .seconds(600)) }
        }
        #expect(receiving?.code == .foreignCluster)
        // A slot would keep the log of the new cluster for nobody.
        #expect(try new.psql("select count(*) from pg_replication_slots") == "0")
        let (restored, _) = try await cluster.restore(.latest)
        defer { restored.remove() }
        #expect(try ClusterOracle(server: restored).contents() == expected)
    }
}
