import Foundation
import Model
import PostgresProtection
import PostgresWire
import Protection
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Whatever is missing leads to a full reading that says why, and the backup after it reads little again.
@Suite(.serialized, .ownThreads) struct FallbackTests {
    private struct Scene {
        let server: PostgresServer
        let cluster: ProtectedCluster

        /// A file of the host's state.
        func state(_ ending: String) -> FilePath {
            cluster.context.state.appending("\(cluster.stream).\(ending)")
        }

        func folder() throws -> MapFolder {
            let system = try server.psql("select system_identifier from pg_control_system()")
            return MapFolder(
                cluster.context.state,
                stream: cluster.stream,
                systemIdentifier: try #require(UInt64(system))
            )
        }

        /// Changes a little, backs up, and tells what was read and why.
        func backUp(
            _ method: PostgresSettings.Method = .direct,
            fullEvery: Duration? = nil
        ) async throws -> String {
            try server.psql(
                "insert into ledger (note) values ('more'); update wide set b = 'x' where a = 7"
            )
            var settings = cluster.settings(method)
            if let fullEvery { settings.fullEvery = fullEvery }
            let snapshot = try await cluster.backUp(settings)
            let read = snapshot.head.facts["read_bytes"].flatMap { Int64($0) } ?? 0
            let why = snapshot.head.facts["read_why"] ?? ""
            #expect((read == snapshot.head.sizes.source) == why.hasPrefix("reads everything"))
            return why
        }

        /// Expects that the newest snapshot comes back as the server is.
        func prove() async throws {
            let expected = try ClusterOracle(server: server).contents()
            let (restored, _) = try await cluster.restore(.latest)
            let oracle = ClusterOracle(server: restored)
            #expect(try oracle.contents() == expected)
            try oracle.prove(hasAmcheck: true, hasChecksums: false)
            restored.remove()
        }
    }

    private static let little = "the log names what changed"

    private func scene() async throws -> Scene {
        let server = try PostgresServer.make(settings: ["autovacuum": "off"])
        try server.start()
        try SchemaChurn.prepare(server, space: nil)
        return Scene(server: server, cluster: try await ProtectedCluster(server: server))
    }

    @Test func `lost or damaged memory of this host`() async throws {
        let scene = try await scene()
        #expect(try await scene.backUp() == "reads everything: there is no backup before")
        #expect(try await scene.backUp().contains(Self.little))
        try FileSystem.removeTree(try scene.folder().path)
        #expect(try await scene.backUp().hasPrefix("reads everything: the log has a gap at "))
        #expect(try await scene.backUp().contains(Self.little))
        try FileSystem.removeFile(scene.state("pages"))
        let forgotten = try await scene.backUp()
        #expect(forgotten.contains("this host does not remember the pages of the backup before"))
        #expect(try await scene.backUp().contains(Self.little))
        // The table is built again from the packs, and the pages are found there.
        try FileSystem.removeFile(scene.state("table"))
        #expect(try await scene.backUp().contains(Self.little))
        let book = scene.state("pages")
        var bytes = try DurableFile.read(book, limit: ByteCount(1 << 30))
        for offset in stride(from: 100, to: bytes.count, by: 9973) { bytes[offset] ^= 4 }
        try DurableFile.replace(book, with: bytes, mode: 0o600)
        #expect(try await scene.backUp().contains(Self.little))
        try await scene.prove()
        try FileSystem.removeTree(scene.cluster.context.state)
        try FileSystem.makeDirectories(scene.cluster.context.state, mode: 0o700)
        #expect(try await scene.backUp().contains("does not remember"))
        #expect(try await scene.backUp().contains(Self.little))
        try await scene.prove()
        scene.server.remove()
    }

    @Test func `a hole, a doubt, another way of reading, and time`() async throws {
        let scene = try await scene()
        _ = try await scene.backUp()
        let before = Set(try scene.folder().names(timeline: 1))
        for _ in 0..<5 {
            try scene.server.psql("insert into ledger (note) values ('a segment more')")
            try scene.server.psql("select pg_switch_wal()")
        }
        let end = try #require(LSN(try scene.server.psql("select pg_current_wal_flush_lsn()")))
        try await scene.cluster.receiving { try await scene.cluster.waitForLog(end) }
        let folder = try scene.folder()
        let added = folder.names(timeline: 1).filter { !before.contains($0) }
        try #require(added.count > 2)
        try FileSystem.removeFile(folder.path.appending(added[1].text))
        #expect(try await scene.backUp().hasPrefix("reads everything: the log has a gap at "))
        let (name, sheet) = try #require(folder.newest(timeline: 1))
        var map = sheet.map
        map.apply(.doubt(.unknownChange), at: map.start)
        try folder.store(MapFolder.Sheet(map: map, lastRecord: sheet.lastRecord), as: name)
        let doubt = try await scene.backUp()
        #expect(doubt.hasPrefix("reads everything: an extension changed files in its own way at"))
        #expect(try await scene.backUp(.sql).contains(Self.little))
        let archive = try await scene.backUp(.replication)
        #expect(archive == "reads everything: the replication protocol sends whole files")
        #expect(try await scene.backUp(.sql).contains(Self.little))
        let due = try await scene.backUp(fullEvery: .seconds(0))
        #expect(due.hasPrefix("reads everything: the last full reading was at"))
        #expect(try await scene.backUp().contains(Self.little))
        try await scene.prove()
        scene.server.remove()
    }

    @Test func `a promotion is followed, checksums that were turned off are not`() async throws {
        let scene = try await scene()
        let server = scene.server
        _ = try await scene.backUp()
        try server.psql("update wide set b = 'before the promotion' where a % 10 = 1")
        try server.stop()
        let signal = server.data.appending(path: "standby.signal")
        try Data().write(to: signal)
        try server.own(signal)
        try server.start()
        try server.psql("select pg_promote(wait_seconds => 300)")
        try server.psql("update wide set b = 'after the promotion' where a % 10 = 2")
        let followed = try await scene.backUp()
        #expect(followed.contains(Self.little), "\(followed)")
        try await scene.prove()
        try server.stop(.immediate)
        try server.start()
        #expect(try await scene.backUp().contains(Self.little))
        try server.stop()
        try server.run("pg_checksums", ["--disable", "-D", server.data.path])
        try server.start()
        let toggled = try await scene.backUp()
        #expect(toggled == "reads everything: page checksums were turned on or off")
        #expect(try await scene.backUp().contains(Self.little))
        try await scene.prove()
        server.remove()
    }

    @Test func `SQL connections are taken where little has to be read, and the grants are there`()
        async throws
    {
        let scene = try await scene()
        let (server, cluster) = (scene.server, scene.cluster)
        try server.psql("create role boat login replication")
        let settings = cluster.settings(.auto, role: "boat")
        let first = try await cluster.backUp(settings)
        #expect(first.head.facts["method"] == "replication")
        #expect(try PostgresHealth(settings).readsChanges == false)
        let second = try await cluster.backUp(settings)
        #expect(second.head.facts["method"] == "replication")
        #expect(second.head.facts["read_why"]?.hasSuffix("sends whole files") == true)
        try server.psql(try PostgresGrants(settings).script)
        #expect(try PostgresHealth(settings).readsChanges)
        let third = try await cluster.backUp(settings)
        #expect(third.head.facts["method"] == "sql")
        #expect(third.head.facts["read_why"]?.contains(Self.little) == true)
        try FileSystem.removeFile(scene.state("pages"))
        let fourth = try await cluster.backUp(settings)
        #expect(fourth.head.facts["method"] == "replication")
        try await scene.prove()
        server.remove()
    }
}
