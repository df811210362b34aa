import Model
import Protection
import RedisProtection
import RedisWire
import TestKit
import Testing
import Vault

/// What comes with keys: the moments of their fields, the functions, and where in a cluster they belong.
extension RedisLiveTests {
    @Test(arguments: [RedisProgram.redis8, .valkey9])
    func `fields that expire come with their keys, kept, moved on or for ever`(
        kind: RedisProgram
    ) async throws {
        let source = try Self.server([], kind)
        defer { source.remove() }
        let soon = Self.now() + Self.hour + 123
        // One that is packed, and one that is a table.
        for (hash, count) in [("small", 3), ("large", 1_000)] {
            let fields = (0..<count).map { "f\($0)" }
            let connection = try await RedisConnection.connect(to: source.address)
            let words = ["HSET", hash] + fields.flatMap { [$0, "v"] }
            let expiring = ["HPEXPIREAT", hash, "\(soon)", "FIELDS", "1", "f1"]
            for reply in try await connection.replies(
                to: [words, expiring].map { RedisCommand(words: $0.map { Array($0.utf8) }) }
            ) {
                if case .failure(let failure) = reply { Issue.record("\(failure.message)") }
            }
            await connection.close()
        }
        let harness = try await Harness()
        let backup = RedisComponent(name: "cache", address: source.address)
        let time = try await harness.backUp(backup).head.time
        let request = harness.request(to: nil, now: time + .seconds(7_200))
        for (expiries, expected) in [
            (RedisExpiries.shift, soon + 7_200_000), (.drop, -1), (.keep, soon),
        ] {
            let target = try Self.server([], kind)
            defer { target.remove() }
            let all = try RedisSelection(prefixes: [""])
            let live = Self.live(target, all, expiries: expiries)
            // What is kept has not expired by the clock of the server.
            let asked = expiries == .keep ? harness.request(to: nil, now: time) : request
            let plan = try await live.planRestore(asked)
            let outcome = try await live.restore(plan, asked, progress: .silent)
            #expect(outcome.problems == [])
            for hash in ["small", "large"] {
                let moments = try await target.run("HPEXPIRETIME", hash, "FIELDS", "2", "f0", "f1")
                #expect(
                    moments == .array([.integer(-1), .integer(expected)]),
                    "\(expiries) \(hash)"
                )
                #expect(try await target.run("HLEN", hash) == source.run("HLEN", hash))
            }
        }
    }

    @Test(arguments: [RedisProgram.redis7, .redis8, .valkey9])
    func `with all keys the functions come back too, with some of them none`(kind: RedisProgram)
        async throws
    {
        let library = { (name: String, answer: Int) in
            // Long enough to be packed.
            "#!lua name=\(name)\n--\(String(repeating: "-", count: 2_000))\n"
                + "redis.register_function('f_\(name)', function() return \(answer) end)"
        }
        let source = try Self.server([], kind)
        defer { source.remove() }
        try await source.fill(60, expiry: Self.now() + Self.hour)
        for name in ["one", "two"] { try await source.run("FUNCTION", "LOAD", library(name, 1)) }
        let harness = try await Harness()
        _ = try await harness.backUp(RedisComponent(name: "cache", address: source.address))
        let target = try Self.server([], kind)
        defer { target.remove() }
        for name in ["mine", "one"] { try await target.run("FUNCTION", "LOAD", library(name, 0)) }
        let answers = {
            var replies: [RedisReply] = []
            for name in ["f_mine", "f_one", "f_two"] {
                replies.append(try await target.run("FCALL", name, "0"))
            }
            return replies
        }

        let some = try RedisSelection(prefixes: ["key:1"])
        _ = try await Self.restore(Self.live(target, some), harness)
        #expect(try await target.run("FCALL", "f_one", "0") == .integer(0))
        let keeping = try RedisSelection(prefixes: [""], keepsExisting: true)
        let (plan, kept) = try await Self.restore(Self.live(target, keeping), harness)
        #expect(plan.steps.contains("bring its 2 function libraries too"), "\(plan.steps)")
        #expect(kept.lines.contains("1 function libraries were put back"))
        #expect(kept.lines.contains("1 function libraries were there and stayed as they were"))
        #expect(kept.problems == [])
        #expect(try await answers() == [.integer(0), .integer(0), .integer(1)])
        let all = try RedisSelection(prefixes: [""])
        let outcome = try await Self.restore(Self.live(target, all), harness).1
        #expect(outcome.lines.contains("2 function libraries were put back"))
        #expect(outcome.problems == [])
        #expect(try await answers() == [.integer(0), .integer(1), .integer(1)])
        #expect(try await target.contentDigest() == source.contentDigest())

        for word in ["on", ">sesame", "~*", "+restore", "+select", "+info", "+config|get"] {
            try await target.run("ACL", "SETUSER", "bk", word)
        }
        var address = target.address
        (address.user, address.password) = ("bk", "sesame")
        let poor = RedisLive(
            RedisComponent(name: "cache", address: address),
            selection: all,
            safetyCopy: nil
        )
        let fault = await #expect(throws: Fault.self) { _ = try await Self.restore(poor, harness) }
        #expect(fault?.code == .redisPermission)
        #expect(fault?.hints.contains { $0.contains("+function|restore") } == true)
    }

    @Test func `a node of a cluster takes the keys of its slots, and the others are named`()
        async throws
    {
        let source = try Self.server()
        defer { source.remove() }
        for index in 0..<100 { try await source.run("SET", "key:\(index)", "\(index)") }
        let harness = try await Harness()
        _ = try await harness.backUp(RedisComponent(name: "cache", address: source.address))
        let node = try RedisServer(stopped: ())
        defer { node.remove() }
        try node.start([
            "--cluster-enabled", "yes", "--cluster-port", "\(node.securePort)",
            "--cluster-require-full-coverage", "no",
        ])
        #expect(try await node.run("CLUSTER", "ADDSLOTSRANGE", "0", "8191") == .status("OK"))
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline,
            try await node.run("CLUSTER", "INFO").text?.contains("cluster_state:ok") != true
        { try await Task.sleep(for: .milliseconds(20)) }
        var own: [Int] = []
        for index in 0..<100 {
            let slot = try await node.run("CLUSTER", "KEYSLOT", "key:\(index)")
            if case .integer(0...8_191) = slot { own.append(index) }
        }
        let live = Self.live(node, try RedisSelection(prefixes: [""]))
        let outcome = try await Self.restore(live, harness).1
        #expect(outcome.lines.first == "\(own.count) keys were put back")
        #expect(outcome.problems.last == "the server refused \(100 - own.count) keys in all")
        #expect(outcome.problems.first?.contains("slot not served") == true, "\(outcome.problems)")
        #expect(try await node.run("DBSIZE") == .integer(Int64(own.count)))
        for index in own.prefix(5) {
            #expect(try await node.run("GET", "key:\(index)").text == "\(index)")
        }
    }
}
