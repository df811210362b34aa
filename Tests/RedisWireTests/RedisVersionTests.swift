import Foundation
import Model
import RedisWire
import TestKit
import Testing

/// Against real servers of several kinds: what one wrote is read, changed, and loaded again.
@Suite(.serialized, .ownThreads) struct RedisVersionTests {
    /// Later than the test, and of 64 bits like every moment of our time.
    private static let soon: Int64 = 4_000_000_000_000

    private static func address(_ server: RedisServer) -> RedisAddress {
        RedisAddress(endpoint: .socket(path: server.socketPath))
    }

    private static func run(_ server: RedisServer, _ words: [String]) async throws -> RedisReply {
        let connection = try await RedisConnection.connect(to: address(server))
        let reply = try await connection.command(
            RedisCommand(words: words.map { Array($0.utf8) })
        )
        await connection.close()
        return reply
    }

    /// Hashes of several sizes, of which every other field expires, and keys that expire.
    private static func fill(_ server: RedisServer) async throws {
        let connection = try await RedisConnection.connect(to: address(server))
        for (hash, count) in [("small", 4), ("packed", 100), ("large", 1_500)] {
            let fields = (0..<count).map { "field:\($0)" }
            let words = ["HSET", hash] + fields.flatMap { [$0, "value of \($0)"] }
            var commands = [RedisCommand(words: words.map { Array($0.utf8) })]
            for index in stride(from: 0, to: count, by: 2) {
                commands.append(
                    RedisCommand(
                        "HPEXPIREAT",
                        hash,
                        "\(soon + Int64(index * 7))",
                        "FIELDS",
                        "1",
                        fields[index]
                    )
                )
            }
            commands.append(RedisCommand("SET", "key of \(hash)", "1"))
            commands.append(RedisCommand("PEXPIREAT", "key of \(hash)", "\(soon + Int64(count))"))
            for reply in try await connection.replies(to: commands) {
                if case .failure(let failure) = reply { Issue.record("\(failure.message)") }
            }
        }
        await connection.close()
    }

    /// When everything expires: keys, then the fields of hashes in order; below zero for never.
    private static func moments(_ server: RedisServer) async throws -> [RedisReply] {
        var found: [RedisReply] = []
        for (hash, count) in [("small", 4), ("packed", 100), ("large", 1_500)] {
            found.append(try await run(server, ["PEXPIRETIME", "key of \(hash)"]))
            let fields = (0..<count).map { "field:\($0)" }
            let words = ["HPEXPIRETIME", hash, "FIELDS", "\(count)"] + fields
            found.append(try await run(server, words))
        }
        return found
    }

    private static func changed(_ reply: RedisReply, _ change: (Int64) -> Int64) -> RedisReply {
        switch reply {
        case .integer(let moment): .integer(moment < 0 ? moment : change(moment))
        case .array(let items): .array(items.map { changed($0, change) })
        case .status, .failure, .bulk, .null: reply
        }
    }

    @Test(arguments: [RedisProgram.redis8, .valkey9])
    func `fields that expire are shifted and dropped to the millisecond`(program: RedisProgram)
        async throws
    {
        let source = try RedisServer(stopped: (), program)
        defer { source.remove() }
        try source.start(["--repl-diskless-sync-delay", "0"])
        try await Self.fill(source)
        let before = try await Self.moments(source)
        var bytes: [UInt8] = []
        let facts = try await RedisSnapshotReader(address: Self.address(source)).read { piece in
            bytes += piece
        }
        #expect(facts.rdb.version == (program == .redis8 ? 12 : 80))
        #expect(facts.rdb.total == RDBKeyCount(keys: 6, expiring: 3))
        let middle = Self.soon + 500
        for (change, expected) in [
            (.keep, { $0 }), (.shift(milliseconds: 86_400_123), { $0 + 86_400_123 }),
            (.drop(after: middle), { $0 > middle ? -1 : $0 }),
        ] as [(RDBExpiryChange, (Int64) -> Int64)] {
            var rewriter = RDBRewriter(change)
            var output: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: 1_000) {
                try rewriter.feed(bytes[start..<min(start + 1_000, bytes.count)], into: &output)
            }
            _ = try rewriter.finish(into: &output)
            let target = try RedisServer(stopped: (), program)
            defer { target.remove() }
            try Data(output).write(to: target.directory.appending(path: "dump.rdb"))
            try target.start([])
            #expect(
                try await Self.moments(target) == before.map { Self.changed($0, expected) },
                "\(change)"
            )
        }
    }

    @Test func `a snapshot of a newer kind is gated, one of an older kind is loaded`() async throws
    {
        for (writer, reader, isLoaded) in [
            (RedisProgram.redis7, RedisProgram.redis8, true), (.redis7, .valkey9, true),
            (.redis8, .redis7, false), (.redis8, .valkey9, false), (.valkey9, .redis8, false),
        ] {
            let source = try RedisServer(stopped: (), writer)
            defer { source.remove() }
            try source.start(["--repl-diskless-sync-delay", "0"])
            _ = try await Self.run(source, ["SET", "k", "v"])
            let facts = try await RedisSnapshotReader(address: Self.address(source)).read { _ in }
            let target = try RedisServer(stopped: (), reader)
            defer { target.remove() }
            try target.start([])
            let connection = try await RedisConnection.connect(to: Self.address(target))
            let version = ServerVersion(info: try await connection.info("server"))
            #expect(version?.loads(facts.rdb) == isLoaded, "\(writer) to \(reader)")
            await connection.close()
        }
    }
}
