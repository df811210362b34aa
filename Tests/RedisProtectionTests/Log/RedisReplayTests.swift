import Model
import Protection
import RedisProtection
import RedisWire
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// What must not be replayed, and what a snapshot is without a log.
@Suite(.serialized, .ownThreads) struct RedisReplayTests {
    private static let later = Instant(seconds: 4_000_000_000)

    /// A server with one key that was backed up, and a log of some bytes behind that.
    private static func stand(
        _ bytes: [UInt8],
        markedAt marked: Int? = nil,
        id: String? = nil
    ) async throws -> (RedisServer, Harness, RedisComponent) {
        let server = try RedisServer("--repl-diskless-sync-delay", "0")
        try await server.run("SET", "a", "1")
        let harness = try await Harness()
        let component = server.replayed
        let facts = try await harness.backUp(component).head.facts
        let offset = try #require(UInt64(facts["replication_offset"] ?? ""))
        let mark = RedisLogMark(offset: offset + UInt64(marked ?? bytes.count), time: later)
        let writer = try harness.logWriter()
        try await writer.put(
            LogInput(
                source: "redis",
                epoch: 1,
                from: offset,
                bytes: bytes,
                time: later,
                heartbeat: LogHead.Heartbeat(time: mark.time, lsn: LSN(mark.offset)),
                facts: [
                    "replication_id": id ?? facts["replication_id"] ?? "",
                    "marks": RedisLogMarks.text([mark], from: offset),
                ]
            )
        )
        return (server, harness, component)
    }

    private static func command(_ words: String...) -> [UInt8] {
        RedisCommand(words: words.map { Array($0.utf8) }).encoded
    }

    private static func fault(_ component: RedisComponent, _ harness: Harness) async -> Fault? {
        do throws(Fault) {
            let request = harness.request(to: harness.folder)
            let plan = try await component.planRestore(request)
            _ = try await component.restore(plan, request, progress: .silent)
            return nil
        } catch { return error }
    }

    @Test func `a command that the server does not take ends the restore, with nothing written`()
        async throws
    {
        let bytes = Self.command("SELECT", "0") + Self.command("NOSUCH", "a")
        let (server, harness, component) = try await Self.stand(bytes)
        defer { server.remove() }
        let fault = await Self.fault(component, harness)
        #expect(fault?.code.id == "E-REDIS-REPLAY")
        let message = fault?.message ?? ""
        #expect(message.contains("the server did not take 1 of the commands"), "\(message)")
        let words = fault?.hints.last ?? ""
        #expect(words.contains("unknown command 'NOSUCH'"), "\(words)")
        #expect(!words.contains("with args"), "what stood in the command is told: \(words)")
        #expect(try FileSystem.status(harness.folder) == nil)
        let left = try Directory.open(harness.scratch.path).names().map { "\($0)" }
        #expect(!left.contains { $0.contains("scratch") }, "\(left)")
    }

    @Test(arguments: [
        ("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nx\r\n", "it ends inside a command"),
        ("*1\r\n$5\r\nMULTI\r\n", "it ends inside a command"),
        ("PING\r\n", "belongs to no command"),
    ])
    func `bytes that are no whole commands are not guessed at`(text: String, fact: String)
        async throws
    {
        let (server, harness, component) = try await Self.stand(Array(text.utf8))
        defer { server.remove() }
        let fault = await Self.fault(component, harness)
        #expect(fault?.code.id == "E-REDIS-REPLAY")
        #expect(fault?.message.contains(fact) == true, "\(fault?.message ?? "")")
    }

    @Test func `the log of another history is not replayed`() async throws {
        let bytes = Self.command("SELECT", "0") + Self.command("SET", "a", "2")
        let (server, harness, component) = try await Self.stand(
            bytes,
            id: String(repeating: "e", count: 40)
        )
        defer { server.remove() }
        let plan = try await component.planRestore(harness.request(to: harness.folder))
        #expect(plan.steps.contains { $0.hasPrefix("careful: no log leads on from it") })
        #expect(try await harness.standing()?.isWhole == false)
    }

    @Test func `without a server program a snapshot still comes back by its name`() async throws {
        let bytes = Self.command("SELECT", "0") + Self.command("SET", "a", "2")
        let (server, harness, _) = try await Self.stand(bytes)
        defer { server.remove() }
        let component = RedisComponent(
            name: "cache",
            address: server.address,
            replayProgram: "/nowhere/redis-server"
        )
        #expect(await Self.fault(component, harness)?.code == .serverMissing)
        var request = harness.request(to: harness.folder)
        request.only = try await harness.vault.snapshots(of: harness.stream).snapshots.first?.id
        let plan = try await component.planRestore(request)
        #expect(!plan.steps.contains { $0.contains("replay") })
        _ = try await component.restore(plan, request, progress: .silent)
    }
}
