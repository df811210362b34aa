import RedisWire
import TestKit
import Testing

/// Fills a server with keys of all types in several databases, and a function.
enum RedisFilling {
    struct Expectation {
        var keys: [Int: UInt64] = [:]
        var expiring: [Int: UInt64] = [:]
    }

    static func fill(_ address: RedisAddress, count: Int = 20_000) async throws -> Expectation {
        let databases = [0, 3, 15]
        var expectation = Expectation()
        let seed = UInt64.random(in: 0...(.max))
        var generator = SeededGenerator(seed: seed)
        for (place, database) in databases.enumerated() {
            let connection = try await RedisConnection.connect(
                to: RedisAddress(endpoint: address.endpoint, database: database)
            )
            let mine = (0..<count).filter { $0 % databases.count == place }
            for start in stride(from: 0, to: mine.count, by: 500) {
                let commands = mine[start..<min(start + 500, mine.count)].flatMap {
                    Self.commands(for: $0, &generator)
                }
                for reply in try await connection.replies(to: commands) {
                    if case .failure(let failure) = reply {
                        Issue.record("seed \(seed): \(failure.message)")
                    }
                }
            }
            #expect(try await connection.keyCount() == Int64(mine.count))
            expectation.keys[database] = UInt64(mine.count)
            expectation.expiring[database] = UInt64(mine.count { isExpiring($0) })
            if place == 0 {
                let code =
                    "#!lua name=lib\nredis.register_function('answer', function() return 42 end)"
                _ = try await connection.command(RedisCommand("FUNCTION", "LOAD", code))
            }
            await connection.close()
        }
        return expectation
    }

    private static func isExpiring(_ index: Int) -> Bool { index / 9 % 4 == 1 }

    private static func commands(
        for index: Int,
        _ generator: inout SeededGenerator
    ) -> [RedisCommand] {
        let key = "key:\(index)"
        // Now and then large enough for the encodings without listpack.
        let size = index % 50 < 9 ? 200 : 3
        let words = (0..<size).map { _ in String(generator.next(), radix: 36) }
        var commands = value(index % 9, key, words)
        if isExpiring(index) { commands.append(RedisCommand("PEXPIRE", key, "7200000")) }
        return commands
    }

    private static func value(_ kind: Int, _ key: String, _ words: [String]) -> [RedisCommand] {
        func command(_ name: String, _ arguments: [String]) -> RedisCommand {
            RedisCommand(words: ([name, key] + arguments).map { Array($0.utf8) })
        }
        let numbered = words.enumerated()
        return switch kind {
        case 0: [command("SET", [String(words.count * 12_345)])]
        case 1: [command("SET", [words.joined()])]
        case 2: [command("SET", [String(repeating: words[0], count: 20)])]
        case 3: [command("RPUSH", words)]
        case 4: [command("SADD", words)]
        case 5: [command("SADD", numbered.map { String($0.offset) })]
        case 6: [command("ZADD", numbered.flatMap { ["\(Double($0.offset) / 7)", $0.element] })]
        case 7: [command("HSET", numbered.flatMap { [$0.element, "value \($0.offset)"] })]
        default: stream(key, words)
        }
    }

    private static func stream(_ key: String, _ words: [String]) -> [RedisCommand] {
        words.enumerated().map { RedisCommand("XADD", key, "\($0.offset + 1)-1", "f", $0.element) }
            + [
                RedisCommand("XGROUP", "CREATE", key, "group", "0"),
                RedisCommand(
                    "XREADGROUP",
                    "GROUP",
                    "group",
                    "alice",
                    "COUNT",
                    "2",
                    "STREAMS",
                    key,
                    ">"
                ),
                RedisCommand("XACK", key, "group", "1-1"), RedisCommand("XDEL", key, "2-1"),
            ]
    }
}
