import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// A server whose log is archived as files, protected in one copy by the real executable.
struct ArchiveStand {
    let playground: Playground
    let server: PostgresServer

    /// Makes and backs it up; `megabytes` is the size of segments.
    init(
        megabytes: Int = 1,
        streams: Bool = false,
        settings: [String: String] = [:]
    ) async throws {
        server = try PostgresServer.make(
            settings: ["wal_keep_size": "'1GB'"].merging(settings) { $1 },
            initdb: ["--wal-segsize=\(megabytes)"]
        )
        try server.start()
        playground = try await Playground.protecting(server)
        if !streams { try playground.edit("stream: true", "stream: false") }
        try server.psql("CREATE TABLE t (n int)")
        let backup = try await playground.run(["backup"])
        guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
    }

    /// Where the server keeps its log.
    var log: FilePath { FilePath(server.data.path).appending("pg_wal") }

    /// Adds a row and fills the present segment up; tells its name.
    func segment(_ number: Int = 1) throws(Fault) -> String {
        try server.psql("INSERT INTO t VALUES (\(number))")
        return try server.psql("SELECT pg_walfile_name(pg_switch_wal())")
    }

    /// The names of the segments that are complete, in order.
    func segments() throws(Fault) -> [String] {
        let present = try server.psql("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
        return try Directory.open(log).names().map(\.description)
            .filter { $0.utf8.count == 24 && $0 < present }
    }

    func push(_ path: FilePath) async throws(Fault) -> Program.Ending {
        try await playground.run(["wal", "push", path.string])
    }

    func push(_ name: String) async throws(Fault) -> Program.Ending {
        try await push(log.appending(name))
    }

    func fetch(_ name: String, to target: String = "fetched") async throws -> Program.Ending {
        try await playground.run(["--json", "wal", "fetch", name, target])
    }

    /// A copy of a segment under another name, changed.
    func copy(
        of name: String,
        as target: String,
        _ change: (inout [UInt8]) -> Void = { _ in }
    ) throws(Fault) -> FilePath {
        var bytes = try DurableFile.read(log.appending(name), limit: ByteCount(64 << 20))
        change(&bytes)
        let path = playground.path.appending(target)
        try DurableFile.replace(path, with: bytes, mode: 0o600)
        return path
    }

    /// Whether a file of the playground holds what a segment of the server does.
    func isSame(_ file: String, _ name: String) throws(Fault) -> Bool {
        try DurableFile.read(playground.path.appending(file), limit: ByteCount(64 << 20))
            == DurableFile.read(log.appending(name), limit: ByteCount(64 << 20))
    }

    /// The objects of the log, by name.
    func pieces(_ timeline: String = "00000001") throws(Fault) -> [String] {
        let root = playground.path.appending("vault/log/h1.db.postgres/\(timeline)")
        guard try FileSystem.status(root) != nil else { return [] }
        return try Directory.open(root).names().map(\.description)
    }

    /// The files that wait in the spool.
    func waiting(_ folder: String = "state/wal/postgres/files") throws(Fault) -> [String] {
        let root = playground.path.appending(folder)
        guard try FileSystem.status(root) != nil else { return [] }
        return try Directory.open(root).names().map(\.description)
    }

    func rename(_ old: String, _ new: String) throws(Fault) {
        guard let old = FileName(old), let new = FileName(new) else { return }
        try Directory.open(playground.path).rename(old, to: new)
    }

    /// The executable where the server's own user may run it.
    func program(for server: PostgresServer) async throws(Fault) -> String {
        let path = server.root.appending(path: "lifeboat").path
        _ = try await Command("/bin/cp", arguments: [try Program.path.string, path])
            .runSuccessfully(outputLimit: 1 << 10)
        return path
    }

    /// Gives everything to the server's user, who runs its commands.
    func handOver() async throws(Fault) {
        let path = playground.path.string
        guard geteuid() == 0 else { return }
        _ = try await Command("/bin/chown", arguments: ["-R", "-h", "postgres:postgres", path])
            .runSuccessfully(outputLimit: 1 << 10)
    }

    /// Waits for something that another process does.
    func wait(for what: String, _ isThere: () throws(Fault) -> Bool) throws(Fault) {
        let deadline = ContinuousClock.now + .seconds(300)
        while try !isThere() {
            guard ContinuousClock.now < deadline else {
                throw Fault(.failedTest, "waited in vain for \(what): \(server.serverLog)")
            }
            usleep(20_000)
        }
    }
}
