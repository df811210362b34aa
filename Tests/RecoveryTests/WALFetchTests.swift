import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat wal fetch`, alone and as a server's `restore_command`.
struct WALFetchTests {
    @Test func `what does not exist is 1, and every other trouble more than 125`() async throws {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let names = try (1...3).map { try stand.segment($0) }
        for name in names { #expect(try await stand.push(name).code == 0) }
        let beyond = try stand.segment(4)
        for name in [
            beyond, "00000007.history", "000000090000000000000001", "\(beyond).partial", "x",
        ] {
            let absent = try await stand.fetch(name)
            #expect(absent.code == 1 && absent.output.contains("E-WAL-NONE"), "\(absent.text)")
        }
        // A hole with log behind it: whoever took it for the end would lose what follows.
        for object in try stand.pieces() where object.hasPrefix(try position(of: names[1])) {
            try stand.playground.remove("vault/log/h1.db.postgres/00000001/\(object)")
        }
        let gap = try await stand.fetch(names[1])
        #expect(gap.code == 200 && gap.output.contains("E-LOG-GAP"), "\(gap.text)")
        let typo = try await stand.playground.run([
            "wal", "fetch", names[0], "out", "--identify", "x",
        ])
        #expect(typo.code == 200 && typo.errors.contains("E-USAGE"), "\(typo.text)")
        let unread = try await stand.playground.run(
            ["--config", "none.yaml", "wal", "fetch", names[0], "out"]
        )
        #expect(unread.code == 200, "\(unread.text)")
        try stand.playground.write("empty", "")
        let keyless = try await stand.playground.run(
            ["wal", "fetch", names[0], "out", "--identity", "empty"]
        )
        #expect(keyless.code == 200, "\(keyless.text)")
        try stand.rename("vault", "away")
        let away = try await stand.fetch(names[0])
        #expect(away.code == 200, "\(away.text)")
        #expect(try FileSystem.status(stand.playground.path.appending("out")) == nil)
    }

    /// How the names of objects begin that hold a segment of 1 MiB.
    private func position(of name: String) throws -> String {
        let log = try #require(UInt64(name.dropFirst(8).prefix(8), radix: 16))
        let low = try #require(UInt64(name.suffix(8), radix: 16))
        let text = String(log << 32 + low << 20, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text + "-"
    }

    @Test func `the segments behind the one that was asked for are at hand before they are`()
        async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let names = try (1...11).map { try stand.segment($0) }
        for name in names { #expect(try await stand.push(name).code == 0) }
        #expect(try await stand.fetch(names[0]).output.contains("\"vault\""))
        #expect(try stand.waiting("state/wal/postgres/ahead") == Array(names[1...8]))
        // Cut short as by a power failure: it is passed over, not handed out.
        let torn = stand.playground.path.appending("state/wal/postgres/ahead/\(names[2])")
        try DurableFile.replace(torn, with: Array(repeating: 0, count: 5_000), mode: 0o600)
        try stand.rename("vault", "away")
        let ahead = try await stand.fetch(names[1])
        #expect(ahead.code == 0 && ahead.output.contains("\"ahead\""), "\(ahead.text)")
        #expect(try stand.isSame("fetched", names[1]))
        #expect(try await stand.fetch(names[2]).code == 200)
        try stand.rename("away", "vault")
        #expect(try await stand.fetch(names[2]).output.contains("\"vault\""))
        #expect(try stand.isSame("fetched", names[2]))
        // What the server has passed is not kept.
        #expect(try stand.waiting("state/wal/postgres/ahead") == Array(names[3...10]))
    }

    @Test func `the shell that looks first needs no program for what is at hand`() async throws {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let names = try (1...3).map { try stand.segment($0) }
        for name in names { #expect(try await stand.push(name).code == 0) }
        #expect(try await stand.fetch(names[0]).output.contains("\"vault\""))
        let ask = { (name: String, program: String) async throws in
            let line = shellFirst(stand, program, name, "out")
            return try await Command(
                "/bin/sh",
                arguments: ["-c", line],
                workingDirectory: stand.playground.path
            ).run(outputLimit: 1 << 20).status
        }
        #expect(try await ask(names[1], "/bin/false") == .exited(0))
        #expect(try stand.isSame("out", names[1]))
        #expect(try await ask(names[1], "/bin/false") == .exited(1))
        // What is not at hand is the program's to answer, and its word goes to the server.
        let program = "\(try Program.path.string) --config \(stand.playground.configuration.string)"
        #expect(try await ask(names[0], program) == .exited(0))
        #expect(try stand.isSame("out", names[0]))
        #expect(try await ask("000000090000000000000001", program) == .exited(1))
        try stand.rename("vault", "away")
        #expect(try await ask(names[0], program) == .exited(200))
    }

    /// The `restore_command` that the documentation advises.
    private func shellFirst(
        _ stand: ArchiveStand,
        _ program: String,
        _ name: String,
        _ target: String
    ) -> String {
        let ahead = stand.playground.path.appending("state/wal/postgres/ahead").string
        let fetch = "\(program) wal fetch \(name) \(target)"
        return "mv \(ahead)/\(name) \(target) 2>/dev/null || exec \(fetch)"
    }

    @Test func `a server recovers through fetch, and stops where fetch cannot help`() async throws {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let base = "\(stand.server.root.path)/base"
        let options = ["-D", base, "-X", "none", "-c", "fast"]
        try stand.server.run("pg_basebackup", stand.server.connectionArguments + options)
        for number in 1...12 { _ = try stand.segment(number) }
        for name in try stand.segments() { #expect(try await stand.push(name).code == 0) }
        try stand.server.stop(.fast)
        try await stand.handOver()
        chmod(stand.playground.path.string, 0o755)
        let configuration = stand.playground.configuration.string
        let good = try await recovering(stand, base, configuration, isShellFirst: true)
        defer { good.remove() }
        try good.start()
        try stand.wait(for: "the end of recovery") { () throws(Fault) in
            try good.psql("SELECT pg_is_in_recovery()") == "f"
        }
        #expect(try good.psql("SELECT count(*), sum(n) FROM t") == "12|78")
        #expect(try good.psql("SELECT timeline_id FROM pg_control_checkpoint()") == "2")
        // A configuration that is not there must not look like the end of the log.
        let bad = try await recovering(stand, base, "\(configuration).none")
        defer { bad.remove() }
        #expect(throws: Fault.self) { try bad.start() }
        #expect(!bad.serverLog.contains("archive recovery complete"), "\(bad.serverLog)")
        // Nor must the log of another cluster.
        let stranger = try PostgresServer.make(initdb: ["--wal-segsize=1"])
        defer { stranger.remove() }
        let foreign = try await Program.run(
            [
                "--config", configuration, "wal", "fetch", "000000010000000000000001",
                "pg_wal/fetched",
            ],
            in: FilePath(stranger.data.path)
        )
        #expect(foreign.code == 200 && foreign.errors.contains("E-PG-FOREIGN"), "\(foreign.text)")
    }

    /// A copy of a base backup that recovers through `lifeboat wal fetch`.
    private func recovering(
        _ stand: ArchiveStand,
        _ base: String,
        _ configuration: String,
        isShellFirst: Bool = false
    ) async throws -> PostgresServer {
        let server = try PostgresServer.emptyDirectory()
        _ = try await Command("/bin/cp", arguments: ["-a", base, server.data.path])
            .runSuccessfully(outputLimit: 1 << 10)
        let program = "\(try await stand.program(for: server)) --config \(configuration)"
        let plain = "\(program) wal fetch %f %p"
        let command = isShellFirst ? shellFirst(stand, program, "%f", "%p") : plain
        try server.adoptData(settings: [
            "restore_command": "'\(command)'",
            "archive_mode": "off",
        ])
        let signal = server.data.appending(path: "recovery.signal")
        try DurableFile.create(FilePath(signal.path), with: [], mode: 0o600)
        try server.own(server.data)
        return server
    }
}
