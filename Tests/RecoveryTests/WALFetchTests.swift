import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// `lifeboat wal fetch`, alone and as a server's `restore_command`.
@Suite(.ownThreads) struct WALFetchTests {
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
        try good.waitForWrites()
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

    @Test(.timeLimit(.minutes(30)))
    func `a server stops where the bucket fails or lacks an object, and goes on when it is back`()
        async throws
    {
        let stand = try await ArchiveStand()
        defer { stand.server.remove() }
        let base = "\(stand.server.root.path)/base"
        let options = ["-D", base, "-X", "none", "-c", "fast"]
        try stand.server.run("pg_basebackup", stand.server.connectionArguments + options)
        let filled = try (1...12).map { try stand.segment($0) }
        let names = try Set(stand.segments() + filled).sorted()
        for name in names { #expect(try await stand.push(name).code == 0) }
        try stand.server.stop(.fast)
        let label = try String(contentsOfFile: "\(base)/backup_label", encoding: .utf8)
        let first = try #require(names.firstIndex { label.contains("(file \($0))") })
        // Behind those that are fetched with the first one: nobody has it before the server asks.
        let object = "/00000001/" + (try position(of: names[first + 9]))
        let rclone = try RcloneServer()
        let proxy = try await moveToBucket(stand, rclone)
        defer { withExtendedLifetime((rclone, proxy)) {} }
        try await stand.handOver()
        chmod(stand.playground.path.string, 0o755)
        let server = try await recovering(stand, base, stand.playground.configuration.string)
        defer { server.remove() }
        let troubles: [FaultyProxy.Misbehaviour] = [
            .answer(500, headers: ["Retry-After": "3600"]),
            .answer(404, body: "<Error><Code>NoSuchKey</Code></Error>"),
        ]
        for (number, trouble) in troubles.enumerated() {
            proxy.follow([.init("GET", object, times: 100, trouble)])
            try expectStop(server, number + 1, stand)
            #expect(server.serverLog.contains("restored log file \"\(names[first + 8])\""))
            #expect(proxy.requests.contains { $0.contains(object) }, "\(server.serverLog)")
        }
        let configuration = try stand.playground.read("lifeboat.yaml")
        try stand.playground.edit("127.0.0.1:\(proxy.port)", "127.0.0.1:1")
        try await stand.handOver()
        try expectStop(server, troubles.count + 1, stand)
        try stand.playground.write("lifeboat.yaml", configuration)
        try await stand.handOver()
        proxy.follow([])
        try server.start()
        try server.waitForWrites()
        #expect(try server.psql("SELECT count(*), sum(n) FROM t") == "12|78")
        #expect(try server.psql("SELECT timeline_id FROM pg_control_checkpoint()") == "2")
    }

    /// Starts a server that must end while it recovers, for the so many-th time, and not promote itself.
    private func expectStop(
        _ server: PostgresServer,
        _ number: Int,
        _ stand: ArchiveStand
    ) throws {
        // Where it gets as far as to answer readers this does not fail, and it ends all the same.
        try? server.start()
        try stand.wait(for: "its end") { () throws(Fault) in server.pid == nil }
        let log = server.serverLog
        #expect(log.split(separator: "exit code 200").count == number + 1, "\(log)")
        #expect(!log.contains("archive recovery complete"), "\(log)")
        let signal = server.data.appending(path: "recovery.signal").path
        #expect(FileManager.default.fileExists(atPath: signal))
    }

    /// Moves the vault into a bucket, which is reached through a proxy.
    private func moveToBucket(
        _ stand: ArchiveStand,
        _ rclone: RcloneServer
    ) async throws -> FaultyProxy {
        let playground = stand.playground
        // The server has looked at nothing yet, and remembers what it has seen.
        let place = rclone.root.appending("lifeboat").string
        _ = try await Command("/bin/cp", arguments: ["-a", playground.vault.string, place])
            .runSuccessfully(outputLimit: 1 << 10)
        try playground.remove("vault")
        try playground.write(
            "aws",
            "[default]\naws_access_key_id=test-access\naws_secret_access_key=test-secret\n"
        )
        let proxy = FaultyProxy(upstream: rclone.port)
        try playground.edit(
            "name: local, url: file://\(playground.vault.string)}",
            "name: s3, url: s3://lifeboat/vault, endpoint: http://127.0.0.1:\(proxy.port),"
                + " credentials: {file: \(playground.path.string)/aws}}"
        )
        return proxy
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
