import Foundation
import Model
import PostgresProtection
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A server that was set back to an older state of its disk: it keeps identity and timeline, and writes another log.
@Suite(.serialized, .ownThreads) struct DivergedServerTests {
    /// A server whose log is in the vault, and an older state of its disk.
    private struct Scene {
        let server: PostgresServer
        let cluster: ProtectedCluster
        let image: URL

        init() async throws {
            server = try PostgresServer.make(settings: ["autovacuum": "off"])
            try server.start()
            try SchemaChurn.prepare(server, space: nil)
            cluster = try await ProtectedCluster(server: server)
            image = server.root.appending(path: "image")
        }

        /// Keeps the disk as it is now.
        func keep() async throws {
            try server.stop()
            try await copy(server.data, image)
            try server.start()
        }

        /// Puts the older state of the disk back.
        func setBack() async throws {
            try server.stop()
            try FileManager.default.removeItem(at: server.data)
            try await copy(image, server.data)
            try server.start()
        }

        func promote() throws {
            try server.stop()
            let signal = server.data.appending(path: "standby.signal")
            try Data().write(to: signal)
            try server.own(signal)
            try server.start()
            try server.psql("select pg_promote(wait_seconds => 300)")
        }

        func write(_ rows: Int, _ note: String) throws {
            try server.psql(
                "insert into ledger (note) select '\(note)' || g from generate_series(1, \(rows)) g"
            )
        }

        /// Writes while the log is received; gives a moment, and what the server held then.
        func received(_ rows: Int, _ note: String) async throws -> (Instant, [String]) {
            try await cluster.receiving {
                try write(rows, note)
                let expected = try ClusterOracle(server: server).contents()
                let moment = try cluster.now()
                try await cluster.waitForHeartbeat(after: moment)
                return (moment, expected)
            }
        }

        private func copy(_ from: URL, _ to: URL) async throws {
            _ = try await Command("/bin/cp", arguments: ["-a", from.path, to.path])
                .runSuccessfully(outputLimit: 1 << 10)
        }
    }

    @Test func `another log over the same positions is not stored, and the one before stays whole`()
        async throws
    {
        let scene = try await Scene()
        let cluster = scene.cluster
        defer { scene.server.remove() }
        try await cluster.backUp(.direct)
        try await scene.keep()
        let (moment, expected) = try await scene.received(2000, "here")
        let reach = try scene.server.psql("select pg_current_wal_insert_lsn()")
        try await scene.setBack()
        // It has not come as far as it was: nobody can tell yet, and nothing is stored.
        let early = await #expect(throws: Fault.self) { try await cluster.backUp(.direct) }
        #expect(["E-PG-LOG", "E-WAL-DIFFERS"].contains(early?.code.id), "\(early?.message ?? "")")
        while try scene.server.psql("select pg_current_wal_insert_lsn() > '\(reach)'") != "t" {
            try scene.write(500, "there")
        }
        let late = await #expect(throws: Fault.self) {
            try await cluster.receiving { try await Task.sleep(for: .seconds(600)) }
        }
        #expect(late?.code.id == "E-WAL-DIFFERS", "\(late?.message ?? "")")
        let backup = await #expect(throws: Fault.self) { try await cluster.backUp(.direct) }
        #expect(backup?.code.id == "E-WAL-DIFFERS", "\(backup?.message ?? "")")
        #expect(try await cluster.vault.snapshots(of: cluster.stream).snapshots.count == 1)
        for target in [RecoveryTarget.time(moment), .latest] {
            let (restored, _) = try await cluster.restore(target)
            #expect(try ClusterOracle(server: restored).contents() == expected)
            restored.remove()
        }
    }

    @Test func `a server that was set back and promoted meanwhile is read whole`() async throws {
        let scene = try await Scene()
        let (server, cluster) = (scene.server, scene.cluster)
        defer { server.remove() }
        try await cluster.backUp(.direct)
        try await scene.keep()
        _ = try await scene.received(100_000, "here")
        try await scene.setBack()
        // Nobody receives while it writes what the maps of this host do not know.
        try server.psql("update wide set b = 'there' where a % 1000 = 7")
        try scene.promote()
        let snapshot = try await cluster.backUp(.direct)
        let reading = snapshot.head.facts["read_why"] ?? ""
        #expect(reading.contains("the server left timeline 1 at"), "\(reading)")
        let (restored, _) = try await cluster.restore(.latest)
        defer { restored.remove() }
        let oracle = ClusterOracle(server: restored)
        #expect(try oracle.contents() == ClusterOracle(server: server).contents())
        try oracle.prove(hasAmcheck: true, hasChecksums: true)
        let next = try await cluster.backUp(.direct)
        #expect(next.head.facts["read_why"]?.contains("the log names what changed") == true)
    }
}
