import Foundation
import Model
import PostgresWire
import TestKit
import Testing

/// Listing and reading files of a real server over SQL.
@Suite(.serialized, .ownThreads) struct ServerFilesTests {
    private func connect(
        _ server: PostgresServer,
        _ database: String = "postgres"
    ) throws -> ServerFiles {
        try ServerFiles(
            try PostgresConnection.connect(
                parameters: server.parameters.merging(["dbname": database]) { $1 }
            )
        )
    }

    @Test(arguments: ["postgres", "latin", "ascii"])
    func `names and bytes are those on the disk, whatever the encoding`(database: String) throws {
        let server = try PostgresServer.make()
        try server.start()
        for (name, encoding) in [("latin", "LATIN1"), ("ascii", "SQL_ASCII")] {
            try server.psql(
                "create database \(name) encoding '\(encoding)' template template0 locale 'C'"
            )
        }
        let folder = server.data.appending(path: "odd")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        let names = ["a \"b\\c, {d}", "größe", "NULL", " "]
        for name in names {
            try Data((0...255).map { UInt8($0) }).write(to: folder.appending(path: name))
        }
        try FileManager.default.createSymbolicLink(
            at: folder.appending(path: "nowhere"),
            withDestinationURL: folder.appending(path: "gone")
        )
        try server.own(folder)
        let files = try connect(server, database)
        let root = try files.list("")
        #expect(root.contains { $0.path == "PG_VERSION" && $0.size == 3 && !$0.isDirectory })
        #expect(root.contains { $0.path == "base" && $0.isDirectory })
        let listed = try files.list("odd")
        #expect(Set(listed.map(\.path)) == Set(names.map { "odd/\($0)" }))
        #expect(listed.allSatisfy { $0.size == 256 && $0.modified.seconds > 1_700_000_000 })
        #expect(try files.list("gone").isEmpty)
        #expect(try files.read(FileRange(path: "odd/größe", offset: 250, length: 99))?.count == 6)
        #expect(try files.read(FileRange(path: "odd/größe", offset: 999, length: 9)) == [])
        #expect(try files.read(FileRange(path: "odd/gone", offset: 0, length: 9)) == nil)
        try files.beginPipeline()
        let ranges = names.map { FileRange(path: "odd/\($0)", offset: 16, length: 32) }
        try files.send(ranges)
        try files.send([FileRange(path: "odd/gone", offset: 0, length: 9)] + ranges)
        try files.send([])
        let bytes = (16..<48).map { UInt8($0) }
        #expect(try files.receive() == names.map { _ in bytes })
        #expect(try files.receive() == [nil] + names.map { _ in bytes })
        try files.send([FileRange(path: "odd", offset: 0, length: 9)])
        #expect(try files.receive() == [])
        let refused = fault { _ = try files.receive() }
        #expect(refused?.message.contains("unable to read files") == true)
        files.close()
    }

    @Test func `the first batches of a pipeline come whole, whatever was asked before it`() throws {
        let server = try PostgresServer.make()
        try server.start()
        for queries in 0...2 {
            let files = try connect(server)
            for _ in 0..<queries { #expect(try files.list("base").isEmpty == false) }
            try files.beginPipeline()
            let ranges = (0..<5).map { FileRange(path: "PG_VERSION", offset: $0 % 3, length: 1) }
            let expected = try (0..<5).map { index in
                let text = try Data(contentsOf: server.data.appending(path: "PG_VERSION"))
                return [UInt8](text)[index % 3]
            }
            // One on its way, then two, then none between: each is a turn of its own for libpq.
            for batches in [1, 2, 2, 1] {
                for _ in 0..<batches { try files.send(ranges) }
                for _ in 0..<batches {
                    #expect(try files.receive() == expected.map { [$0] })
                }
            }
            files.close()
        }
    }

    @Test func `a name that is not UTF-8 is named and refused`() throws {
        let server = try PostgresServer.make()
        try server.start()
        let path = Array("\(server.data.path)/".utf8) + [0x66, 0xff]
        let descriptor = path.map { CChar(bitPattern: $0) } + [0]
        let number = open(descriptor, O_CREAT | O_WRONLY, 0o644)
        try #require(number >= 0)
        close(number)
        let files = try connect(server)
        let fault = fault { _ = try files.list("") }
        #expect(fault?.code == .postgresFormat)
        #expect(fault?.message.contains("is not UTF-8") == true)
        #expect(fault?.hints.first?.contains("method: replication") == true)
    }

    @Test func `missing grants are found, in each version's own words`() throws {
        let server = try PostgresServer.make()
        try server.start()
        try server.psql("create role reader login")
        let connection = try PostgresConnection.connect(
            parameters: server.parameters.merging(["user": "reader"]) { $1 }
        )
        #expect(try BackupFunction.missing(connection) == BackupFunction.allCases)
        try server.psql(
            "grant execute on function \(BackupFunction.stat.signature(version: 150_000)) to reader"
        )
        #expect(try BackupFunction.missing(connection) == [.start, .stop, .list, .read])
        #expect(BackupFunction.start.name(version: 140_010) == "pg_start_backup")
        #expect(BackupFunction.stop.name(version: 150_000) == "pg_backup_stop")
    }
}
