import Foundation
import Model
import PostgresProtection
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Root reads the files of a server whose account may plant links in them.
@Suite(.serialized, .ownThreads) struct PlantedLinkTests {
    @Test func `only the links to tablespaces that the server knows are followed`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let space = server.root.appending(path: "space")
        try FileManager.default.createDirectory(at: space, withIntermediateDirectories: true)
        try server.own(space)
        let cluster = try await ProtectedCluster(server: server)
        try server.psql("create tablespace space location '\(space.path)'")
        try server.psql("create table ledger (note text) tablespace space")
        let version = try #require(
            FileManager.default.contentsOfDirectory(atPath: space.path).first
        )
        let secret = cluster.scratch.path.appending("secret")
        try FileSystem.makeDirectories(secret.appending(version), mode: 0o700)
        try DurableFile.create(secret.appending("\(version)/key"), with: [1], mode: 0o600)
        let links = [
            ("\(space.path)/\(version)/deeper", "\(secret)/\(version)"),
            ("\(space.path)/\(version)/loop", "\(space.path)/\(version)"),
            ("\(server.data.path)/pg_tblspc/99999", secret.string),
        ]
        for (link, target) in links {
            try FileManager.default.createSymbolicLink(
                atPath: link,
                withDestinationPath: target
            )
        }
        let entries = try await cluster.entries(of: cluster.backUp(.direct))
        #expect(!entries.keys.contains { $0.hasSuffix("/key") })
        let path = try server.psql("select pg_relation_filepath('ledger')")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(entries[path] != nil)
    }

    @Test func `folders that lie too deep are a fault that names them`() async throws {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let cluster = try await ProtectedCluster(server: server)
        let deep = (0..<30).map { "d\($0)" }.joined(separator: "/")
        try FileManager.default.createDirectory(
            at: server.data.appending(path: deep),
            withIntermediateDirectories: true
        )
        let fault = await #expect(throws: Fault.self) { try await cluster.backUp(.direct) }
        #expect(fault?.message.contains("deeper than 24") == true)
    }
}
