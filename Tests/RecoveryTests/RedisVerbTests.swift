import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Redis through the real executable.
@Suite(.serialized, .punctualThreads) struct RedisVerbTests {
    @Test func `a running server goes back, and what it held comes back again`() async throws {
        let server = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { server.remove() }
        _ = try await server.ask("SET", "a", "old")
        _ = try await server.ask("SET", "b", "old", "EX", "5000")
        let playground = try await Playground.protecting(server)
        #expect(try await playground.run(["backup"]).code == 0)
        _ = try await server.ask("SET", "a", "new")
        _ = try await server.ask("SET", "c", "new")

        let live = ["restore", "web/redis", "--to", "live"]
        let unconfirmed = try await playground.run(live)
        #expect(unconfirmed.code == 15, "\(unconfirmed.text)")
        #expect(unconfirmed.text.contains("take a snapshot of the 3 keys"))
        #expect(try await server.ask("GET", "a") == "new")

        let restored = try await playground.run(live + ["--yes", "--ttl", "drop"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(restored.text.contains("what was there before is redis@2"), "\(restored.text)")
        #expect(try await server.ask("GET", "a") == "old")
        #expect(try await server.ask("EXISTS", "c") == "0")
        #expect(try await server.ask("TTL", "b") == "-1")

        let key = live + ["--at", "redis@2", "--key", "c", "--yes", "--no-safety-copy"]
        let merged = try await playground.run(key)
        #expect(merged.code == 0, "\(merged.text)")
        #expect(try await server.ask("MGET", "a", "c") == "old\nnew")
        let undone = try await playground.run(live + ["--at", "redis@2", "--yes"])
        #expect(undone.code == 0, "\(undone.text)")
        #expect(try await server.ask("MGET", "a", "c") == "new\nnew")
    }

    @Test func `a plan that begins with what a restore replaced says so, and how to name another`()
        async throws
    {
        let server = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { server.remove() }
        _ = try await server.ask("SET", "a", "old")
        let playground = try await Playground.protecting(server)
        #expect(try await playground.run(["backup"]).code == 0)
        _ = try await server.ask("SET", "a", "new")
        let live = ["restore", "web/redis", "--to", "live"]
        let restored = try await playground.run(live + ["--yes"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(!restored.text.contains("careful: "), "\(restored.text)")

        let caution = "careful: redis@2 is what was there before a restore of "
        var moment = ""
        for place in ["live", "new"] {
            let again = try await playground.run(["restore", "web/redis", "--to", place])
            #expect(again.code == 15, "\(again.text)")
            let words = try #require(again.text.components(separatedBy: caution).dropFirst().first)
            moment = String(words.prefix { $0 != ";" })
            #expect(
                words.dropFirst(moment.count)
                    .hasPrefix("; --at redis@NUMBER or a time names another"),
                "\(again.text)"
            )
        }
        // The moment that it tells is what the restore brought back.
        for target in ["redis@1", moment] {
            let first = try await playground.run(live + ["--at", target])
            #expect(first.text.contains("from snapshot 1 of"), "\(first.text)")
            #expect(!first.text.contains("careful: "), "\(first.text)")
        }
        #expect(try await playground.run(["backup"]).code == 0)
        let later = try await playground.run(live)
        #expect(later.text.contains("from snapshot 3 of"), "\(later.text)")
        #expect(!later.text.contains("careful: "), "\(later.text)")
    }

    @Test func `what nobody could record is said in the configuration`() async throws {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        let settings = ["--repl-diskless-sync-delay", "0", "--appendonly", "yes"]
        try server.start(settings)
        _ = try await server.ask("SET", "a", "1")
        // The least that a backup needs.
        let rights = ["on", ">sesame-open", "resetchannels", "+psync", "+replconf", "+ping"]
        try await Self.grant(rights, on: server)
        let playground = try await Playground.protecting(server)
        try playground.write("password", "sesame-open")
        let login = "user: lifeboat\n    password: {file: \(playground.path.string)/password}"
        try playground.edit("    kind: redis\n", "    kind: redis\n    \(login)\n")
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        server.stop()
        let restore = ["restore", "web/redis", "--yes", "--to"]
        let unknown = try await playground.run(restore + ["new"])
        #expect(unknown.code == 15, "\(unknown.text)")
        #expect(unknown.text.contains("id: E-REDIS-SETTINGS"), "\(unknown.text)")
        #expect(unknown.text.contains("`appendonly: true`"), "\(unknown.text)")

        try playground.edit("    kind: redis\n", "    kind: redis\n    appendonly: true\n")
        let back = try RedisServer(stopped: ())
        defer { back.remove() }
        let known = try await playground.run(restore + [back.directory.path])
        #expect(known.code == 0, "\(known.text)")
        try back.start(settings)
        #expect(try await back.ask("GET", "a") == "1")

        // Without appendonly files first, and with them later: the only way for Redis 6.
        try playground.edit("    appendonly: true\n", "    appendonly: false\n")
        let plain = try RedisServer(stopped: ())
        defer { plain.remove() }
        let dump = try await playground.run(restore + [plain.directory.path])
        #expect(dump.code == 0, "\(dump.text)")
        try plain.start(["--appendonly", "no"])
        #expect(try await plain.ask("GET", "a") == "1")
        #expect(try await plain.ask("CONFIG", "SET", "appendonly", "yes") == "OK")
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline,
            try await !plain.ask("INFO", "persistence").contains("aof_rewrite_in_progress:0")
        { try await Task.sleep(for: .milliseconds(20)) }
        plain.stop()
        try plain.start(settings)
        #expect(try await plain.ask("GET", "a") == "1")
    }

    private static func grant(_ rights: [String], on server: RedisServer) async throws {
        let command = Command(
            "redis-cli",
            arguments: ["-s", server.socketPath, "ACL", "SETUSER", "lifeboat"] + rights
        )
        _ = try await command.runSuccessfully(outputLimit: 100)
    }

    /// A server behind TLS that wants certificates of its clients, with one key and one function.
    private static func secured(by certificate: TestCertificate) async throws -> RedisServer {
        let file = certificate.certificate.string
        let server = try RedisServer(stopped: ())
        try server.start([
            "--repl-diskless-sync-delay", "0", "--tls-port", "\(server.securePort)",
            "--tls-cert-file", file, "--tls-key-file", certificate.key.string,
            "--tls-ca-cert-file", file, "--tls-auth-clients", "yes",
        ])
        _ = try await server.ask("SET", "a", "old")
        let code = "#!lua name=lib\nredis.register_function('answer', function() return 42 end)"
        _ = try await server.ask("FUNCTION", "LOAD", code)
        // As the manual says.
        try await grant(
            [
                "on", ">sesame-open", "resetchannels", "+psync", "+replconf", "+ping", "+info",
                "+config|get",
            ],
            on: server
        )
        return server
    }

    @Test func `over TLS, with a login of few rights, all keys come back as the hints say`()
        async throws
    {
        let certificate = try await TestCertificate()
        let server = try await Self.secured(by: certificate)
        defer { server.remove() }
        let playground = try await Playground.protecting(server)
        try playground.write("password", "sesame-open")
        let address = "127.0.0.1:\(server.securePort)"
        try playground.edit("redis://127.0.0.1:\(server.port)", "rediss://\(address)")
        let login = "user: lifeboat\n    password: {file: \(playground.path.string)/password}"
        try playground.edit(
            "    kind: redis\n",
            "    kind: redis\n    \(login)\n    prefer_replica: true\n"
        )
        let stranger = try await playground.run(["backup"])
        #expect(stranger.code == 14 && stranger.text.contains("E-REDIS-TLS"), "\(stranger.text)")
        let file = certificate.certificate.string
        let tls = "tls: {ca: \(file), certificate: \(file), key: \(certificate.key.string)}"
        try playground.edit("    kind: redis\n", "    kind: redis\n    \(tls)\n")
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        #expect(backup.text.contains("no replica is in step"), "\(backup.text)")

        _ = try await server.ask("SET", "a", "new")
        _ = try await server.ask("FUNCTION", "FLUSH")
        let live = ["restore", "web/redis", "--to", "live"]
        let whole = try await playground.run(live)
        #expect(whole.code == 15 && whole.text.contains("--prefix ''"), "\(whole.text)")
        let keys = live + ["--prefix", "", "--yes"]
        let poor = try await playground.run(keys)
        #expect(poor.code == 14, "\(poor.text)")
        #expect(poor.text.contains("'~*' +restore +select '+function|restore'"), "\(poor.text)")
        // What was there is the newest snapshot now: the same command would bring nothing back.
        #expect(poor.text.contains("--at redis@1"), "\(poor.text)")
        #expect(try await server.ask("GET", "a") == "new")
        try await Self.grant(["~*", "+restore", "+select", "+function|restore"], on: server)
        let restored = try await playground.run(keys + ["--at", "redis@1"])
        #expect(restored.code == 0, "\(restored.text)")
        #expect(restored.output.contains("1 function libraries were put back"))
        #expect(try await server.ask("GET", "a") == "old")
        #expect(try await server.ask("FCALL", "answer", "0") == "42")
        #expect(![poor, restored].contains { $0.text.contains("sesame") })
    }

    @Test(arguments: [
        (["--key", "a"], "Say so: --to live"), (["--ttl", "stretch"], "--ttl shift"),
        (["--to", "live", "--keep-existing"], "Choose some"),
        (["--to", "live", "--key", "a", "--listen", "::1"], "Leave it out"),
        (["--to", "live", "--db=-1"], "--db 3"),
    ])
    func `flags that contradict each other are refused`(flags: [String], hint: String)
        async throws
    {
        let server = try RedisServer()
        defer { server.remove() }
        let playground = try await Playground.protecting(server)
        let ending = try await playground.run(["restore", "web/redis"] + flags)
        #expect(ending.code == 2, "\(ending.text)")
        #expect(ending.text.contains(hint), "\(ending.text)")
    }

    @Test func `what is no Redis takes none of it`() async throws {
        let playground = try await Playground.initialised()
        for flags in [["--to", "live"], ["--ttl", "shift"]] {
            let ending = try await playground.run(["restore", "web/files"] + flags)
            #expect(ending.code == 2, "\(ending.text)")
        }
    }

    @Test func `replicas are seen by status and doctor, and a lost master is a problem`()
        async throws
    {
        let master = try RedisServer()
        defer { master.remove() }
        let replica = try RedisServer(stopped: ())
        defer { replica.remove() }
        try replica.start(["--replicaof", "127.0.0.1 \(master.port)"])
        let deadline = ContinuousClock.now + .seconds(900)
        while ContinuousClock.now < deadline,
            try await !master.ask("INFO", "replication").contains("state=online")
        { try await Task.sleep(for: .milliseconds(50)) }
        let playground = try await Playground.protecting(master)
        let status = try await playground.answered(["status"])
        #expect(
            status.output.contains("redis: replica 127.0.0.1:\(replica.port) follows"),
            "\(status.text)"
        )
        let json = try await playground.answered(["status", "--json"])
        #expect(json.output.contains("\"followers\":[{\"name\":\"127.0.0.1:\(replica.port)\""))
        let doctor = try await playground.run(["doctor"])
        #expect(doctor.output.contains("redis, replication"), "\(doctor.text)")

        try playground.edit(":\(master.port)", ":\(replica.port)")
        let follower = try await playground.answered(["status"])
        #expect(
            follower.output.contains("redis: it is a replica of 127.0.0.1:\(master.port), heard"),
            "\(follower.text)"
        )
        master.stop()
        while ContinuousClock.now < deadline,
            try await !replica.ask("INFO", "replication").contains("link_status:down")
        { try await Task.sleep(for: .milliseconds(50)) }
        let lost = try await playground.run(["doctor"])
        #expect(lost.code == 14, "\(lost.text)")
        #expect(lost.output.contains("REPLICAOF NO ONE"), "\(lost.text)")
        let told = try await playground.answered(["status"])
        #expect(told.output.contains("and has lost it"), "\(told.text)")
    }

    @Test func `killed while the server loads, the next command says what mends it`()
        async throws
    {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        // It loads a key in 100 ms: half a minute for all.
        try server.start([
            "--repl-diskless-sync-delay", "0", "--key-load-delay", "100000",
            "--loading-process-events-interval-bytes", "1024",
        ])
        _ = try await server.ask("DEBUG", "POPULATE", "300")
        let playground = try await Playground.protecting(server)
        #expect(try await playground.run(["backup"]).code == 0)
        _ = try await server.ask("FLUSHALL")
        _ = try await server.ask("SET", "newer", "1")
        let live = ["restore", "web/redis", "--to", "live", "--yes"]
        _ = try await playground.kill(live) { server.log.contains("Loading DB in memory") }
        // It loads the rest, and looks for a master that is gone: nobody can write to it.
        _ = try await server.ask("CONFIG", "SET", "key-load-delay", "0")
        let deadline = ContinuousClock.now + .seconds(300)
        while true {
            let info = try await server.ask("INFO")
            if info.contains("\nloading:0"), info.contains("link_status:down") { break }
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(50))
        }
        for arguments in [live, ["backup"], ["doctor"]] {
            let ending = try await playground.run(arguments)
            #expect(ending.code != 0, "\(ending.text)")
            #expect(ending.text.contains("REPLICAOF NO ONE"), "\(ending.text)")
            #expect(!ending.text.contains("Restore into"), "\(ending.text)")
        }
        _ = try await server.ask("REPLICAOF", "NO", "ONE")
        #expect(try await server.ask("DBSIZE") == "300")
        let back = try await playground.run(live + ["--at", "redis@2"])
        #expect(back.code == 0, "\(back.text)")
        #expect(try await server.ask("GET", "newer") == "1")
    }
}
