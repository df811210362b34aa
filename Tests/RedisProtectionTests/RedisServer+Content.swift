import Foundation
import RedisWire
import SystemPackage
import TestKit
import Testing

extension RedisServer {
    var address: RedisAddress { RedisAddress(endpoint: .socket(path: socketPath)) }
    var folder: FilePath { FilePath(directory.path) }

    /// Runs one command as the owner.
    @discardableResult
    func run(_ words: String...) async throws -> RedisReply {
        let connection = try await RedisConnection.connect(to: address)
        let reply = try await connection.command(
            RedisCommand(words: words.map { Array($0.utf8) })
        )
        await connection.close()
        return reply
    }

    /// `DEBUG DIGEST`: the server's own digest of all its keys and values in all databases.
    func contentDigest() async throws -> String {
        let text = try #require(try await run("DEBUG", "DIGEST").text)
        #expect(text != String(repeating: "0", count: 40))
        return text
    }

    /// Files with their sizes and times, the log and the socket apart.
    func disk() throws -> Set<String> {
        let manager = FileManager.default
        var found: Set<String> = []
        for path in try manager.subpathsOfDirectory(atPath: directory.path)
        where path != "redis.log" && path != "redis.sock" {
            let attributes = try manager.attributesOfItem(atPath: directory.path + "/" + path)
            found.insert(
                "\(path) \(attributes[.size] ?? "") \(attributes[.modificationDate] ?? "")"
            )
        }
        return found
    }

    /// Waits until the append-only file holds every command: it is written behind the answers.
    func waitForAppendOnlyFile() async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        let isWritten = [
            "aof_buffer_length:0", "aof_pending_bio_fsync:0", "aof_rewrite_in_progress:0",
        ]
        while ContinuousClock.now < deadline {
            let report = try await run("INFO", "persistence").text ?? ""
            if isWritten.allSatisfy({ report.contains($0 + "\r") }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the append-only file was not written")
    }

    /// How far its replicas are when they have got all.
    func replicationOffset() async throws -> UInt64 {
        let report = try await run("INFO", "replication").text ?? ""
        let name = "master_repl_offset:"
        let line = report.split(whereSeparator: \.isNewline).first { $0.hasPrefix(name) }
        return try #require(line.flatMap { UInt64($0.dropFirst(name.count)) })
    }

    /// Throws everything away that a stopped server left.
    func destroy() throws {
        let manager = FileManager.default
        for path in try manager.contentsOfDirectory(atPath: directory.path) {
            try manager.removeItem(atPath: directory.path + "/" + path)
        }
    }

    /// Adds keys of six types to databases 0 and 2; every fourth expires at `expiry`, in milliseconds since 1970.
    func fill(_ count: Int, expiry: Int64, seed: UInt64 = .random(in: 0...(.max))) async throws {
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for database in [0, 2] {
            let connection = try await RedisConnection.connect(
                to: RedisAddress(endpoint: address.endpoint, database: database)
            )
            let mine = (0..<count).filter { $0 % 2 == database / 2 }
            for start in stride(from: 0, to: mine.count, by: 500) {
                let commands = mine[start..<min(start + 500, mine.count)].flatMap { index in
                    Self.commands(index, expiry, &generator)
                }
                for reply in try await connection.replies(to: commands) {
                    if case .failure(let failure) = reply { Issue.record("\(failure.message)") }
                }
            }
            await connection.close()
        }
    }

    private static func commands(
        _ index: Int,
        _ expiry: Int64,
        _ generator: inout SeededGenerator
    ) -> [RedisCommand] {
        let key = "key:\(index)"
        let words = (0..<8).map { _ in String(generator.next(), radix: 36) }
        let pairs = words.enumerated().flatMap { ["\($0.offset)", $0.element] }
        let value =
            switch index / 2 % 6 {
            case 0: ["SET", key, words.joined()]
            case 1: ["RPUSH", key] + words
            case 2: ["SADD", key] + words
            case 3: ["ZADD", key] + pairs
            case 4: ["HSET", key] + pairs
            default: ["XADD", key, "*"] + pairs
            }
        let expiring = index / 2 % 4 == 1 ? [["PEXPIREAT", key, "\(expiry)"]] : []
        return ([value] + expiring).map { RedisCommand(words: $0.map { Array($0.utf8) }) }
    }
}
