import Model
import Protection
import RedisProtection
import RedisWire
import Synchronization
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Servers that cannot be restored into as they are, and what their owners are told.
extension RedisLiveTests {
    @Test func `who may not do it is told which rights it takes, and nothing is changed`()
        async throws
    {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let target = try Self.server()
        defer { target.remove() }
        try await target.run("SET", "of before", "1")
        try await target.run(
            "ACL",
            "SETUSER",
            "bk",
            "on",
            ">sesame",
            "resetchannels",
            "+psync",
            "+replconf",
            "+ping",
            "+info",
            "+config|get"
        )
        let address = RedisAddress(
            endpoint: .tcp(host: "127.0.0.1", port: target.port),
            user: "bk",
            password: "sesame"
        )
        for (selection, rights) in [
            (nil, "bk +replicaof"), (try RedisSelection(names: ["key:0"]), "+restore +select"),
        ] {
            let live = RedisLive(
                RedisComponent(name: "cache", address: address),
                selection: selection
            ) { _, _ async throws(Fault) in "cache@9" }
            let fault = await #expect(throws: Fault.self) {
                _ = try await Self.restore(live, harness)
            }
            let hints = fault?.hints.joined(separator: "\n") ?? ""
            #expect(fault?.code == .redisPermission)
            #expect(hints.contains(rights), "\(hints)")
            #expect(hints.contains("what was there before is cache@9"), "\(hints)")
            // That is the newest snapshot now: the same command again would bring nothing back.
            #expect(hints.contains("--at cache@1"), "\(hints)")
            #expect(!hints.contains("may still wait for us"), "\(hints)")
            // A shell takes the command as it is.
            for hint in fault?.hints ?? [] where hint.hasPrefix("Allow") {
                let parts = hint.split(separator: "'", omittingEmptySubsequences: false)
                let bare = stride(from: 0, to: parts.count, by: 2).map { parts[$0] }
                #expect(!bare.joined().contains { "|*>.".contains($0) }, "\(hint)")
            }
        }
        #expect(try await target.run("GET", "of before").text == "1")
        #expect(try await target.run("INFO", "replication").text?.contains("role:master") == true)
    }

    @Test func `functions alone are worth a safety copy`() async throws {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let target = try Self.server()
        defer { target.remove() }
        let code = "#!lua name=lib\nredis.register_function('f', function() return 1 end)"
        try await target.run("FUNCTION", "LOAD", code)
        let saved = Mutex(0)
        let live = Self.live(target) { _, _ async throws(Fault) in
            saved.withLock { $0 += 1 }
            return "cache@9"
        }
        let (plan, _) = try await Self.restore(live, harness)
        #expect(
            plan.steps.contains { $0.contains("snapshot of the 0 keys and 1 function libraries") },
            "\(plan.steps)"
        )
        #expect(saved.withLock { $0 } == 1)
        #expect(try await target.run("FUNCTION", "LIST") == .array([]))
    }

    @Test func `what is there is saved when nothing is left to do but to hand over`() async throws {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let target = try Self.server()
        defer { target.remove() }
        try await target.run("SET", "of before", "1")
        let phases = Mutex<[String]>([])
        let live = Self.live(target) { _, _ async throws(Fault) in "cache@9" }
        let request = harness.request(to: nil)
        let plan = try await live.planRestore(request)
        let progress = ProgressReporter { event in
            if case .phase(let name) = event { phases.withLock { $0.append(name) } }
        }
        _ = try await live.restore(plan, request, progress: progress)
        #expect(phases.withLock { $0 } == ["reading", "saving", "handing over"])
    }

    @Test func `a server that would log in at its master takes over the data`() async throws {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let target = try Self.server(["--masteruser", "follower", "--masterauth", "open"])
        defer { target.remove() }
        try await target.run("ACL", "SETUSER", "bk", "on", ">sesame", "+@all", "~*", "&*")
        let address = RedisAddress(
            endpoint: .tcp(host: "127.0.0.1", port: target.port),
            user: "bk",
            password: "sesame"
        )
        let live = RedisLive(RedisComponent(name: "cache", address: address), safetyCopy: nil)
        _ = try await Self.restore(live, harness)
        #expect(try await target.contentDigest() == source.contentDigest())
    }

    @Test func `a server that a Sentinel watches, or that replicates over TLS, is refused`()
        async throws
    {
        let (source, harness) = try await Self.source(.redis7, 100)
        defer { source.remove() }
        let watched = try Self.server()
        defer { watched.remove() }
        let sentinel = try await RedisConnection.connect(to: watched.address)
        _ = try await sentinel.command(
            RedisCommand("CLIENT", "SETNAME", "sentinel-01234567-cmd")
        )
        let certificate = try await TestCertificate()
        let path = certificate.certificate.string
        let secured = try RedisServer(stopped: ())
        defer { secured.remove() }
        try secured.start([
            "--tls-port", "\(secured.securePort)", "--tls-cert-file", path, "--tls-key-file",
            certificate.key.string, "--tls-ca-cert-file", path, "--tls-auth-clients", "no",
            "--tls-replication", "yes",
        ])
        let overTLS = RedisLive(
            RedisComponent(
                name: "cache",
                address: RedisAddress(
                    endpoint: .tcp(host: "127.0.0.1", port: secured.securePort),
                    tls: RedisTLS(authority: path)
                )
            ),
            safetyCopy: nil
        )
        for (live, fact) in [
            (Self.live(watched), "a Sentinel watches it"),
            (Self.live(secured), "it replicates over TLS only"),
            (overTLS, "its connections are encrypted"),
        ] {
            let fault = await #expect(throws: Fault.self) {
                _ = try await live.planRestore(harness.request(to: nil))
            }
            #expect(fault?.code.id == "E-REDIS-TARGET")
            #expect(fault?.message.contains(fact) == true, "\(String(describing: fault))")
            #expect(fault?.hints.isEmpty == false, "\(String(describing: fault))")
        }
        await sentinel.close()
        // The way out that the refusal names: all keys, over the encrypted connection.
        let keys = RedisLive(
            overTLS.component,
            selection: try RedisSelection(prefixes: [""]),
            safetyCopy: nil
        )
        _ = try await Self.restore(keys, harness)
        #expect(try await secured.contentDigest() == source.contentDigest())
    }

    @Test func `data of modules is refused by a server that has none`() async throws {
        let harness = try await Harness()
        let target = try Self.server()
        defer { target.remove() }
        let id: [UInt8] = [0x81, 1, 2, 3, 4, 5, 6, 7, 8]
        let end: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0]
        let bytes = Array("REDIS0010".utf8) + [247] + id + [2, 1, 0] + end
        _ = try await harness.backUp { session async throws(Fault) in
            let file = session.chunks(sizeHint: 1)
            try await file.write(bytes[...])
            let content = try await file.finish()
            let entry = ManifestEntry(path: Array("dump.rdb".utf8), kind: .file, mode: 0o600)
            try session.add(entry, content: content)
            return BackupDraft(time: SystemClock().now(), facts: [:])
        }
        let fault = await #expect(throws: Fault.self) {
            _ = try await Self.restore(Self.live(target), harness)
        }
        #expect(fault?.code.id == "E-REDIS-TARGET")
        #expect(fault?.message.contains("data of modules") == true, "\(String(describing: fault))")
        #expect(!target.log.contains("REPLICAOF"))
    }
}
