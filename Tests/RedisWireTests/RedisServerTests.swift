import Foundation
import Model
import RedisWire
import Synchronization
import TestKit
import Testing

/// Against a real redis-server.
@Suite(.serialized, .ownThreads) struct RedisServerTests {
    private static func address(_ server: RedisServer, _ database: Int? = nil) -> RedisAddress {
        RedisAddress(endpoint: .socket(path: server.socketPath), database: database)
    }

    private static func tcp(_ server: RedisServer, _ user: String?, _ password: String?)
        -> RedisAddress
    {
        RedisAddress(
            endpoint: .tcp(host: "127.0.0.1", port: server.port),
            user: user,
            password: password
        )
    }

    /// Takes a snapshot; its bytes and its facts.
    private static func snapshot(_ address: RedisAddress) async throws -> (
        [UInt8], RedisSnapshotFacts
    ) {
        var bytes: [UInt8] = []
        let facts = try await RedisSnapshotReader(address: address).read { piece in
            bytes += piece
        }
        return (bytes, facts)
    }

    /// `DEBUG DIGEST`: the server's own digest of all its keys and values in all databases.
    private static func digest(_ server: RedisServer) async throws -> String? {
        let connection = try await RedisConnection.connect(to: address(server))
        let reply = try await connection.command(RedisCommand("DEBUG", "DIGEST"))
        await connection.close()
        return reply.text
    }

    // MARK: Snapshot and restore

    @Test func `a snapshot straight from memory restores to the same data`() async throws {
        let source = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { source.remove() }
        let expected = try await RedisFilling.fill(Self.address(source))
        let digest = try #require(try await Self.digest(source))
        #expect(digest != String(repeating: "0", count: 40))

        let before = Int64(Date().timeIntervalSince1970)
        let (bytes, facts) = try await Self.snapshot(Self.address(source))
        let after = Int64(Date().timeIntervalSince1970)
        #expect(!source.has("dump.rdb"))
        #expect(facts.isDiskless)
        #expect(facts.replicationID.count == 40)
        #expect(facts.rdb.version == 10)
        #expect(facts.rdb.redisVersion == "7.0.15")
        #expect(facts.rdb.isChecksummed)
        #expect(facts.rdb.functions == 1)
        #expect(facts.rdb.modules.isEmpty)
        #expect(facts.rdb.bytes == ByteCount(bytes.count))
        #expect(facts.rdb.databases.mapValues(\.keys) == expected.keys)
        #expect(facts.rdb.databases.mapValues(\.expiring) == expected.expiring)
        // Clocks may be set meanwhile.
        #expect(before - 60...after + 60 ~= facts.rdb.createdAt?.seconds ?? 0)
        // The snapshot changed nothing: the server still has no replica and its setting.
        try await Self.checkNoReplica(Self.address(source))

        for settings in [
            RedisPersistenceSettings(isAppendOnly: true),
            RedisPersistenceSettings(isAppendOnly: false),
            RedisPersistenceSettings(isAppendOnly: true, appendDirectory: "a b", appendFile: "c d"),
        ] {
            try await Self.checkRestore(of: bytes, settings, digest: digest)
        }
    }

    private static func checkNoReplica(_ address: RedisAddress) async throws {
        let connection = try await RedisConnection.connect(to: address)
        let deadline = ContinuousClock.now + .seconds(300)
        while ContinuousClock.now < deadline,
            try await connection.info("replication")["connected_slaves"] != "0"
        { try await Task.sleep(for: .milliseconds(20)) }
        #expect(try await connection.info("replication")["connected_slaves"] == "0")
        #expect(
            try await connection.configuration("repl-diskless-sync")["repl-diskless-sync"] == "yes"
        )
        await connection.close()
    }

    private static func checkRestore(
        of rdb: [UInt8],
        _ settings: RedisPersistenceSettings,
        digest: String
    ) async throws {
        let target = try RedisServer(stopped: ())
        defer { target.remove() }
        for file in try RedisRestoreFiles.files(for: settings) {
            let url = target.directory.appendingPathComponent(file.path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            switch file.content {
            case .rdb: try Data(rdb).write(to: url)
            case .literal(let text): try Data(text).write(to: url)
            }
        }
        let arguments = [
            "--appendonly", settings.isAppendOnly ? "yes" : "no",
            "--appenddirname", settings.appendDirectory,
            "--appendfilename", settings.appendFile, "--dbfilename", settings.databaseFile,
        ]
        try target.start(arguments)
        #expect(try await Self.digest(target) == digest)
        let connection = try await RedisConnection.connect(to: address(target))
        let functions = try await connection.command(RedisCommand("FCALL", "answer", "0"))
        #expect(functions == .integer(42))
        guard settings.isAppendOnly else {
            await connection.close()
            return
        }
        // What came back stays, together with what is written afterwards.
        _ = try await connection.command(RedisCommand("SET", "after the restore", "1"))
        await connection.close()
        let later = try await Self.digest(target)
        target.stop()
        try target.start(arguments)
        #expect(try await Self.digest(target) == later)
    }

    @Test func `a snapshot through the server's own dump file is complete too`() async throws {
        let source = try RedisServer("--repl-diskless-sync", "no")
        defer { source.remove() }
        let expected = try await RedisFilling.fill(Self.address(source), count: 2_000)
        let (bytes, facts) = try await Self.snapshot(Self.tcp(source, nil, nil))
        #expect(!facts.isDiskless)
        #expect(source.has("dump.rdb"))
        #expect(facts.rdb.databases.mapValues(\.keys) == expected.keys)
        #expect(facts.rdb.bytes == ByteCount(bytes.count))
    }

    @Test func `an empty server gives a snapshot without keys`() async throws {
        let source = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { source.remove() }
        let (_, facts) = try await Self.snapshot(Self.address(source))
        #expect(facts.rdb.databases.isEmpty)
    }

    @Test func `a real RDB with any byte flipped, cut or extended is refused`() async throws {
        let source = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { source.remove() }
        _ = try await RedisFilling.fill(Self.address(source), count: 36)
        let (bytes, _) = try await Self.snapshot(Self.address(source))
        #expect(throws: Never.self) { try RDBParserTests.read([bytes]) }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index & 7)
            #expect(throws: Fault.self, "byte \(index)") { try RDBParserTests.read([damaged]) }
            #expect(throws: Fault.self, "cut at \(index)") {
                try RDBParserTests.read([Array(bytes[..<index])])
            }
        }
        #expect(throws: Fault.self) { try RDBParserTests.read([bytes + [0xFF]]) }
    }

    @Test func `the consumer sets the pace and its fault ends the snapshot`() async throws {
        let source = try RedisServer("--repl-diskless-sync-delay", "0", "--rdbcompression", "no")
        defer { source.remove() }
        let connection = try await RedisConnection.connect(to: Self.address(source))
        for index in 0..<24 {
            let words = ["SET", "big:\(index)"].map { Array($0.utf8) }
            let value = [UInt8](repeating: UInt8(index), count: 1_000_000)
            _ = try await connection.command(RedisCommand(words: words + [value]))
        }
        let sizes = Mutex<[Int]>([])
        _ = try await RedisSnapshotReader(address: Self.address(source)).read { piece in
            sizes.withLock { $0.append(piece.count) }
        }
        #expect(sizes.withLock { $0.reduce(0, +) } > 24_000_000)
        #expect(sizes.withLock { $0.dropLast().allSatisfy { 131_000...262_300 ~= $0 } })

        let fault = await #expect(throws: Fault.self) {
            var pieces = 0
            _ = try await RedisSnapshotReader(address: Self.address(source)).read {
                (_: [UInt8]) async throws(Fault) in
                pieces += 1
                if pieces == 3 { throw Fault(.invalidValue, "unable to go on") }
            }
        }
        #expect(fault?.code == .invalidValue)
        #expect(try await connection.command(RedisCommand("PING")) == .status("PONG"))
        await connection.close()
    }

    // MARK: Users

    @Test func `a user with three rights can take a snapshot and nothing else`() async throws {
        let server = try RedisServer("--repl-diskless-sync-delay", "0")
        defer { server.remove() }
        let owner = try await RedisConnection.connect(to: Self.address(server))
        for arguments in [
            ["bk", "on", ">sesame", "resetchannels", "+psync", "+replconf", "+ping"],
            ["nopsync", "on", ">sesame", "+replconf", "+ping"], ["nothing", "on", ">sesame"],
        ] {
            let words = (["ACL", "SETUSER"] + arguments).map { Array($0.utf8) }
            _ = try await owner.command(RedisCommand(words: words))
        }
        let (_, facts) = try await Self.snapshot(Self.tcp(server, "bk", "sesame"))
        #expect(facts.isDiskless)
        let denied = await #expect(throws: Fault.self) {
            let backup = try await RedisConnection.connect(to: Self.tcp(server, "bk", "sesame"))
            _ = try await backup.keyCount()
        }
        #expect(denied?.code == .redisPermission)
        for user in ["nopsync", "nothing"] {
            let fault = await #expect(throws: Fault.self) {
                try await Self.snapshot(Self.tcp(server, user, "sesame"))
            }
            #expect(fault?.code == .redisPermission)
            #expect(fault?.hints.first?.contains("ACL SETUSER \(user)") == true)
        }
        await owner.close()
    }

    @Test func `wrong passwords are told from missing ones`() async throws {
        let server = try RedisServer("--requirepass", "right")
        defer { server.remove() }
        for (user, password) in [(nil, "sesame"), ("default", "sesame"), ("nobody", "sesame")] {
            let fault = await #expect(throws: Fault.self) {
                try await RedisConnection.connect(to: Self.tcp(server, user, password))
            }
            #expect(fault?.code == .redisAuthentication)
            #expect(fault?.description.contains("wrong user or password") == true)
            #expect(fault?.description.contains("sesame") == false)
        }
        let missing = await #expect(throws: Fault.self) {
            try await Self.snapshot(Self.tcp(server, nil, nil))
        }
        #expect(missing?.code == .redisAuthentication)
        #expect(missing?.description.contains("wants a password") == true)
        let connection = try await RedisConnection.connect(to: Self.tcp(server, nil, "right"))
        #expect(try await connection.keyCount() == 0)
        await connection.close()
    }

    // MARK: Servers that are not there, silent or not ready

    @Test func `a server that is not there is unreachable`() async throws {
        let server = try RedisServer(stopped: ())
        defer { server.remove() }
        for (address, reason) in [
            (Self.tcp(server, nil, nil), "connection refused"),
            (Self.address(server), "no such file"),
        ] {
            let fault = await #expect(throws: Fault.self) { try await Self.snapshot(address) }
            #expect(fault?.code == .redisUnreachable)
            #expect(fault?.code.exit == .sourceUnreachable)
            #expect(fault?.message.hasSuffix(reason) == true)
        }
    }

    @Test func `a server that stalls or dies is not waited for for ever`() async throws {
        let server = try RedisServer("--repl-diskless-sync-delay", "3600")
        defer { server.remove() }
        var patience = RedisPatience.standard
        patience.silence = .milliseconds(300)
        let reader = RedisSnapshotReader(address: Self.address(server), patience: patience)
        let silent = await #expect(throws: Fault.self) { _ = try await reader.read { _ in } }
        #expect(silent?.code == .redisSilent)

        let connection = try await RedisConnection.connect(to: Self.address(server))
        server.stop()
        let closed = await #expect(throws: Fault.self) {
            _ = try await connection.command(RedisCommand("PING"))
        }
        #expect(closed?.code == .redisClosed)
    }

    @Test func `cancelling ends a waiting snapshot`() async throws {
        let server = try RedisServer("--repl-diskless-sync-delay", "3600")
        defer { server.remove() }
        let address = Self.address(server)
        let fault = await withTaskGroup(of: Fault?.self) { group in
            group.addTask {
                do throws(Fault) {
                    _ = try await RedisSnapshotReader(address: address).read { _ in }
                    return nil
                } catch { return error }
            }
            try? await Task.sleep(for: .milliseconds(200))
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(fault?.code == .cancelled)
    }

    @Test func `a server that loads its data is waited for`() async throws {
        let server = try RedisServer()
        defer { server.remove() }
        let filler = try await RedisConnection.connect(to: Self.address(server))
        _ = try await filler.command(RedisCommand("DEBUG", "POPULATE", "3000"))
        _ = try await filler.command(RedisCommand("SAVE"))
        await filler.close()
        server.stop()
        // 3,000 keys at a tenth of a second each: it loads until it is told to hurry.
        try server.launch([
            "--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024",
        ])
        while !server.log.contains("RDB memory usage") {
            try await Task.sleep(for: .milliseconds(5))
        }
        var impatience = RedisPatience.standard
        impatience.loading = .zero
        let impatient = try await RedisConnection.connect(
            to: Self.address(server),
            patience: impatience
        )
        let fault = await #expect(throws: Fault.self) { _ = try await impatient.keyCount() }
        #expect(fault?.code == .redisLoading)
        _ = try await impatient.command(RedisCommand("CONFIG", "SET", "key-load-delay", "0"))
        var patience = RedisPatience.standard
        patience.loading = .seconds(600)
        let connection = try await RedisConnection.connect(
            to: Self.address(server),
            patience: patience
        )
        #expect(try await connection.keyCount() == 3_000)
        await connection.close()
    }

    @Test func `facts about the server and a selected database`() async throws {
        let server = try RedisServer()
        defer { server.remove() }
        let connection = try await RedisConnection.connect(to: Self.address(server, 3))
        _ = try await connection.command(RedisCommand("SET", "k", "v"))
        #expect(try await connection.info()["redis_version"] == "7.0.15")
        #expect(try await connection.info("keyspace")["db3"]?.hasPrefix("keys=1,") == true)
        let settings = try await connection.configuration("append*")
        #expect(settings["appendonly"] == "no")
        #expect(settings["appenddirname"] == "appendonlydir")
        let wrong = await #expect(throws: Fault.self) {
            _ = try await connection.command(RedisCommand("LPUSH", "k", "v"))
        }
        #expect(wrong?.code == .redisRefused)
        await connection.close()
    }
}
