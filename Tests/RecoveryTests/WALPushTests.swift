import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat wal push` with files of real servers.
@Suite(.ownThreads) struct WALPushTests {
    @Test(arguments: [1, 16, 64])
    func `a segment is stored once, whatever its size, and another one under its name refused`(
        megabytes: Int
    ) async throws {
        let stand = try await ArchiveStand(megabytes: megabytes)
        defer { stand.server.remove() }
        let name = try stand.segment()
        let before = try stand.pieces().count
        let first = try await stand.push(name)
        #expect(first.code == 0 && first.text.isEmpty, "\(first.text)")
        #expect(try stand.pieces().count == before + 1)
        #expect(try stand.waiting().isEmpty)
        let again = try await stand.push(name)
        #expect(again.code == 0 && again.text.isEmpty, "\(again.text)")
        #expect(try stand.pieces().count == before + 1)
        let other = try stand.copy(of: name, as: name) { $0[$0.count / 2] ^= 1 }
        let differs = try await stand.push(other)
        #expect(differs.code == 15 && differs.errors.contains("E-WAL-DIFFERS"), "\(differs.text)")
        #expect(try stand.waiting().isEmpty)
        let served = try await stand.fetch(name)
        #expect(served.code == 0 && served.output.contains("\"vault\""), "\(served.text)")
        #expect(try stand.isSame("fetched", name))
    }

    @Test func `what is no file of a log is refused, what need not be kept is not`() async throws {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let name = try stand.segment()
        let short = try stand.copy(of: name, as: name) { $0.removeLast(8192) }
        let next = String(name.dropLast()) + (name.hasSuffix("F") ? "E" : "F")
        for path in [
            short, try stand.copy(of: name, as: next), try stand.copy(of: name, as: "letter"),
        ] {
            let ending = try await stand.push(path)
            #expect(ending.code == 15 && ending.errors.contains("E-WAL-FORM"), "\(ending.text)")
        }
        let unknown = try stand.copy(of: name, as: name) { $0[1] = 0xEE }
        let version = try await stand.push(unknown)
        #expect(version.code == 15 && version.errors.contains("E-PG-VERSION"), "\(version.text)")
        #expect(version.errors.contains("13 to 18"))
        let note = try stand.copy(of: name, as: "\(name).00000028.backup")
        #expect(try await stand.push(note).code == 0)
        #expect(try stand.waiting().isEmpty)
        #expect(try await stand.push(playgroundPath(stand, "nothing")).code == 1)
    }

    private func playgroundPath(_ stand: ArchiveStand, _ name: String) -> FilePath {
        stand.playground.path.appending(name)
    }

    @Test func `the last segment of a timeline and its successor's history are taken`() async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        try stand.server.psql("INSERT INTO t VALUES (7)")
        let open = try stand.server.psql("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
        let flushed = try stand.server.psql("SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn")
        // What the file held before it was used again must not become log.
        let partial = try stand.copy(of: open, as: "\(open).partial") { bytes in
            for index in bytes.count - 8192..<bytes.count { bytes[index] = 0x5A }
        }
        let ending = try await stand.push(partial)
        #expect(ending.code == 0 && ending.text.isEmpty, "\(ending.text)")
        let ends = try stand.pieces().compactMap { name in
            name.split(separator: "-").dropFirst().first.flatMap { UInt64($0, radix: 16) }
        }
        let end = try #require(ends.max())
        // The server may have written on meanwhile, but has not filled the segment.
        #expect(UInt64(flushed).map { end >= $0 } == true && end % (1 << 20) != 0, "\(ends)")
        let served = try await stand.fetch(open)
        #expect(served.code == 0 && served.output.contains("\"end\""), "\(served.text)")
        let size = try FileSystem.status(playgroundPath(stand, "fetched"))?.size
        #expect(size == 1 << 20)
        let whole = try stand.segment(8)
        #expect(whole == open)
        #expect(try await stand.push(whole).code == 0)
        #expect(try await stand.fetch(whole).code == 0)
        #expect(try stand.isSame("fetched", whole))
        try stand.playground.write(
            "00000002.history",
            "1\t0/3000000\tno recovery target specified\n"
        )
        let path = playgroundPath(stand, "00000002.history")
        for _ in 0..<2 { #expect(try await stand.push(path).code == 0) }
        #expect(try stand.pieces("00000002").count == 1)
        #expect(try await stand.fetch("00000002.history").code == 0)
        #expect(try stand.playground.read("fetched") == stand.playground.read("00000002.history"))
        try stand.playground.write(
            "00000002.history",
            "1\t0/4000000\tno recovery target specified\n"
        )
        let other = try await stand.push(path)
        #expect(other.code == 15 && other.errors.contains("E-WAL-DIFFERS"), "\(other.text)")
    }

    @Test func `a vault that is away costs room in the spool, and a full spool says so`()
        async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        try stand.playground.edit("spool_limit: 1GiB", "spool_limit: 1MiB")
        let names = try (1...3).map { try stand.segment($0) }
        #expect(try await stand.push(names[0]).code == 0)
        try stand.rename("vault", "away")
        let spooled = try await stand.push(names[1])
        #expect(
            spooled.code == 0 && spooled.errors.contains("waits in the spool"),
            "\(spooled.text)"
        )
        #expect(try stand.waiting() == [names[1]])
        let again = try await stand.push(names[1])
        #expect(again.code == 0, "\(again.text)")
        let full = try await stand.push(names[2])
        #expect(full.code == 1 && full.errors.contains("E-WAL-SPOOL"), "\(full.text)")
        #expect(full.errors.contains("lifeboat run") && full.errors.contains("spool_limit"))
        let other = try stand.copy(of: names[1], as: names[1]) { $0[9000] ^= 1 }
        let differs = try await stand.push(other)
        #expect(differs.code == 15 && differs.errors.contains("E-WAL-DIFFERS"), "\(differs.text)")
        let served = try await stand.fetch(names[1])
        #expect(served.code == 0 && served.output.contains("\"spool\""), "\(served.text)")
        #expect(try stand.isSame("fetched", names[1]))
        try stand.rename("away", "vault")
        let back = try await stand.push(names[2])
        #expect(back.code == 0 && back.text.isEmpty, "\(back.text)")
        #expect(try stand.waiting().isEmpty)
        for name in names {
            #expect(try await stand.fetch(name).code == 0)
            #expect(try stand.isSame("fetched", name))
        }
        #expect(try await stand.playground.run(["check", "--deep"]).code == 0)
    }

    @Test func `another cluster's log is refused, whether the vault is there or not`() async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let stranger = try PostgresServer.make(initdb: ["--wal-segsize=1"])
        defer { stranger.remove() }
        try stranger.start()
        let name = try stranger.psql("SELECT pg_walfile_name(pg_switch_wal())")
        let foreign = FilePath(stranger.data.path).appending("pg_wal/\(name)")
        let first = try await stand.push(foreign)
        #expect(first.code == 15 && first.errors.contains("E-PG-FOREIGN"), "\(first.text)")
        #expect(first.errors.contains("lifeboat wal push %p STACK/COMPONENT"))
        let own = try stand.segment()
        #expect(try await stand.push(own).code == 0)
        try stand.rename("vault", "away")
        let second = try await stand.push(foreign)
        #expect(second.code == 15 && second.errors.contains("E-PG-FOREIGN"), "\(second.text)")
        // Nobody knows whose log it takes: the server must keep its files.
        try stand.playground.remove("state/wal")
        let unsure = try await stand.push(own)
        #expect(unsure.code.map { (1...125).contains($0) } == true, "\(unsure.text)")
        #expect(try stand.waiting().isEmpty)
    }

    @Test func `push and a receiver at once store the same log, and neither harms the other`()
        async throws
    {
        let stand = try await ArchiveStand(streams: true)
        defer { stand.server.remove() }
        let (names, status) = try await stand.playground.whileRunning { () async throws(Fault) in
            try stand.playground.waitUntilRun(says: "receiving the log")
            var names: [String] = []
            for number in 1...5 {
                let name = try stand.segment(number)
                names.append(name)
                let pushed = try await stand.push(name)
                #expect(pushed.code == 0, "\(pushed.text)")
            }
            return names
        }
        let text = try stand.playground.read("run.log")
        #expect(status == .exited(0), "\(text)")
        for name in names { #expect(try await stand.push(name).code == 0) }
        #expect(try stand.waiting().isEmpty)
        for name in names {
            #expect(try await stand.fetch(name).code == 0)
            #expect(try stand.isSame("fetched", name))
        }
        #expect(try await stand.playground.run(["check", "--deep"]).code == 0)
    }

    @Test func `a server that may only reach the spool archives through run`() async throws {
        let stand = try await ArchiveStand(
            settings: ["archive_mode": "on", "archive_command": "'/bin/false'"]
        )
        defer { stand.server.remove() }
        let spool = stand.server.root.appending(path: "spool")
        try FileSystem.makeDirectories(FilePath(spool.path), mode: 0o770)
        try stand.server.own(spool)
        chmod(spool.path, 0o2770)
        try stand.playground.edit("# spool:", "spool: \(spool.path)")
        // The configuration is for everybody; keys and vault are not.
        chmod(stand.playground.path.string, 0o755)
        chmod(stand.playground.configuration.string, 0o644)
        let program = try await stand.program(for: stand.server)
        let file = stand.playground.configuration.string
        try stand.server.psql(
            "ALTER SYSTEM SET archive_command = '\(program) --config \(file) wal push %p'"
        )
        try stand.server.psql("SELECT pg_reload_conf()")
        let name = try await stand.playground.whileRunning { () async throws(Fault) in
            try stand.wait(for: "the spool to know whose log it takes") { () throws(Fault) in
                try FileSystem.status(FilePath(spool.path).appending("source")) != nil
            }
            let name = try stand.segment(3)
            try stand.wait(for: "the archiver") { () throws(Fault) in
                let done = try stand.server.psql("SELECT last_archived_wal FROM pg_stat_archiver")
                return done >= name
            }
            try stand.wait(for: "the vault") { () throws(Fault) in
                try Directory.open(FilePath(spool.path).appending("files")).names().isEmpty
            }
            return name
        }.value
        for name in try stand.segments().filter({ $0 <= name }).suffix(3) {
            #expect(try await stand.fetch(name).code == 0)
            #expect(try stand.isSame("fetched", name))
        }
        let doctor = try await stand.playground.run(["doctor"])
        #expect(doctor.output.contains("what the server hands over reaches the vault"))
    }
}
