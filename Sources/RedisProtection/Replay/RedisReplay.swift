internal import Glibc
internal import Model
internal import Protection
internal import RedisWire
internal import Sealing
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Replays the commands of a log on a snapshot, in a server that is thrown away.
///
/// ```
/// snapshot ─▶ proved ─┐
///                     ├▶ private server, as our replica ─▶ SAVE ─▶ RDB ─▶ whatever a snapshot's RDB would be used for
/// log ─▶ commands ────┘
/// ```
/// As a replica the server does nothing of its own accord: no key expires or is evicted that the real one still had. It listens on a socket in
/// a folder that nobody else can enter, and dies with Lifeboat.
struct RedisReplay {
    /// The longest path of a socket that the system takes.
    private static let longestSocket = 107
    private static let pieceSize = 256 << 10
    /// More databases than anybody has; a command for another one is an error, and found.
    private static let databases = 1024
    /// Loading, replaying and saving take their time, and nobody else waits for this server.
    private static let patience = RedisPatience(
        connecting: .seconds(10),
        silence: .seconds(3_600),
        loading: .seconds(3_600),
        retryInterval: .milliseconds(200)
    )

    let component: RedisComponent
    let request: RestoreRequest
    let snapshot: Snapshot
    let stretch: RedisLogStretch
    let progress: ProgressReporter

    /// Replays, and hands the RDB that came of it to `body`; it is gone when this returns.
    ///
    /// - Throws: `E-SERVER-MISSING`; `E-REDIS-REPLAY` when the server does not take a command; what reading the vault and `body` throw.
    func run<Value: Sendable>(
        _ body: (StoredRDB) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        for fault in ScratchPlace.sweep(request.state, now: request.clock.now()).faults {
            progress(.note(fault.message))
        }
        let place = try ScratchPlace(
            making: ScratchPlace.proposed(in: request.state),
            for: nil,
            notedIn: nil
        )
        do throws(Fault) {
            let value = try await body(try await replay(in: place.path))
            try place.remove()
            return value
        } catch {
            // The first fault is the one to tell; the next run finds what is left.
            try? place.remove()
            throw error
        }
    }

    private func replay(in folder: FilePath) async throws(Fault) -> StoredRDB {
        let socket = folder.appending("redis.sock")
        guard socket.string.utf8.count <= Self.longestSocket else {
            throw Fault(
                .invalidValue,
                "unable to run a server in '\(folder.displayed)': its socket would have too long a path",
                hints: ["Choose a shorter `state:` in the configuration."]
            )
        }
        progress(.phase("reading"))
        let stored = try await StoredRDB(snapshot, request)
        progress(.total(stored.size))
        let base = folder.appending("base.rdb")
        let rdb = try await write(stored, to: base)
        let program = try await ReplayProgram.find(component.replayProgram, for: rdb)
        progress(.phase("replaying"))
        progress(.total(stretch.bytes.bytes))
        try await serve(program, rdb, base, folder)
        let saved = try StoredRDB(folder.appending("dump.rdb"), of: snapshot, request)
        let facts = try await saved.read(countingExpiredBy: request.clock.now(), .silent) { _ in }
        guard facts.version == rdb.version, facts.dialect == rdb.dialect else {
            throw failure("\(program.version) wrote another format than it read")
        }
        return saved
    }

    private func write(_ stored: StoredRDB, to path: FilePath) async throws(Fault) -> RDBFacts {
        let file = try Descriptor.open(path, .write, create: .exclusive(0o600))
        return try await stored.read(countingExpiredBy: request.clock.now(), progress) {
            piece async throws(Fault) in try file.write(piece)
        }
    }

    /// Runs the server until it has saved what it holds.
    private func serve(
        _ program: ReplayProgram,
        _ rdb: RDBFacts,
        _ base: FilePath,
        _ folder: FilePath
    ) async throws(Fault) {
        let log = folder.appending("server.log")
        let command = Command(
            program.path,
            arguments: arguments(rdb, folder),
            environment: ["LC_ALL": "C", "PATH": "/usr/bin:/bin"],
            workingDirectory: folder
        )
        let address = RedisAddress(
            endpoint: .socket(path: folder.appending("redis.sock").string)
        )
        _ = try await command.spawn(log: log) { child async throws(Fault) in
            do throws(Fault) {
                try await wait(for: address, child, log)
                try await replay(rdb, base, into: address)
                try child.terminate(SIGKILL)
                _ = try child.wait(upTo: .seconds(60))
            } catch {
                try? child.terminate(SIGKILL)
                guard error.code != .cancelled, let words = Self.words(log) else { throw error }
                throw error.adding(hint: "The server's last words: \(words)")
            }
        }
    }

    private func arguments(_ rdb: RDBFacts, _ folder: FilePath) -> [String] {
        let highest = rdb.databases.keys.max() ?? 0
        let settings = [
            ("port", "0"), ("unixsocket", folder.appending("redis.sock").string),
            ("unixsocketperm", "700"), ("dir", folder.string), ("dbfilename", "dump.rdb"),
            ("save", ""), ("appendonly", "no"), ("daemonize", "no"), ("logfile", ""),
            ("maxmemory", "0"), ("repl-timeout", "86400"), ("rdbchecksum", "yes"),
            ("proto-max-bulk-len", "1024gb"),
            ("databases", "\(max(Self.databases, highest + 1))"),
        ]
        return settings.flatMap { ["--\($0.0)", $0.1] }
    }

    private func wait(
        for address: RedisAddress,
        _ child: ChildProcess,
        _ log: FilePath
    ) async throws(Fault) {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do throws(Fault) {
                let connection = try await RedisConnection.connect(to: address)
                await connection.close()
                return
            } catch  where error.code == .redisUnreachable {
                let hasEnded = try child.wait(upTo: .milliseconds(20)) != nil
                guard !hasEnded, ContinuousClock.now < deadline else {
                    throw failure("the server does not start")
                }
                try Cancellation.check("replay the log of '\(component.name)'")
            }
        }
    }

    private func replay(
        _ rdb: RDBFacts,
        _ base: FilePath,
        into address: RedisAddress
    ) async throws(Fault) {
        let handover = RedisHandover(
            address: address,
            patience: Self.patience,
            length: rdb.bytes,
            replicationID: Hexadecimal.encode(RandomBytes.make(20))
        )
        let file = try Descriptor.open(base, .read)
        let log = try await LogReader(request.vault, stream: request.stream)
        var reader = RedisLogStretch.Reader(stretch, log, request.identities)
        try await handover.run { () async throws(Fault) in
            let piece = try file.read(upTo: Self.pieceSize)
            return piece.isEmpty ? nil : piece
        } commands: { () async throws(Fault) in
            let piece = try await reader.next()
            progress(.advanced(Int64(piece?.count ?? 0)))
            return piece
        } check: { server async throws(Fault) in
            let errors = try await server.info("stats")["total_error_replies"]
            guard errors == "0" else {
                throw failure(
                    "the server did not take \(errors ?? "an unknown number") of the commands"
                ).adding(
                    hint:
                        "They may be of a newer server that took over meanwhile; later moments need a snapshot of that: lifeboat backup"
                )
            }
            _ = try await server.command(RedisCommand("SAVE"))
        }
    }

    private func failure(_ fact: String) -> Fault {
        Fault(
            .redisReplay,
            "unable to replay the log of '\(component.name)': \(fact)",
            hints: ["A snapshot without the log comes back by its name: --at COMPONENT@NUMBER"]
        )
    }

    /// What the server wrote of a command that it did not take, else its last line; without what stood in the command.
    private static func words(_ log: FilePath) -> String? {
        guard let file = try? Descriptor.open(log, .read),
            let size = try? FileSystem.status(log)?.size,
            let bytes = try? file.read(upTo: 64 << 10, at: max(0, size - 64 << 10))
        else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let refusal = " is sending an error to its "
        guard let line = lines.first(where: { $0.contains(refusal) }) else {
            return lines.last.map { String($0.suffix(200)) }
        }
        let words = line.split(separator: refusal, maxSplits: 1).last ?? line
        let end = words.firstRange(of: ", with args beginning with")?.lowerBound ?? words.endIndex
        return String(words[..<end].prefix(200))
    }
}
