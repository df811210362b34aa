import Glibc
import Model
import RedisWire
import Sealing
import SystemIO
import SystemPackage

/// The throw-away Redis of a demonstration: sessions that expire, on a socket in a private folder, with an append-only file.
struct DemoRedis: Sendable {
    /// How many sessions there are.
    static let sessions = 50_000
    private static let batch = 2500

    let place: DemoPlace
    let programs: DemoPrograms

    /// What is in the server.
    struct Evidence: Sendable, Hashable {
        /// How many keys.
        let keys: Int64
        /// The server's own digest of all keys and values (`DEBUG DIGEST`).
        let content: String
        /// A digest of the moments at which the keys end.
        let expiries: Digest256
    }

    /// Runs the server while something is done with it; whatever happens, it does not outlive that.
    ///
    /// - Throws: `E-DEMO-SERVER` when it does not start; what the work throws.
    func serve<Value: Sendable>(
        _ body: (DemoServer) async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let log = place.serverLogs.appending("redis.log")
        return try await command.spawn(log: log) { child async throws(Fault) in
            let server = DemoServer(child: child)
            do throws(Fault) {
                try await server.ready(log: log) { () async throws(Fault) in
                    let connection = try await connect()
                    _ = try await connection.command(RedisCommand("PING"))
                    await connection.close()
                }
                let value = try await body(server)
                try server.end(with: SIGKILL)
                return value
            } catch {
                try? server.end(with: SIGKILL)
                throw error
            }
        }.value
    }

    /// Fills it with sessions; each ends at a moment of its own, between one hour and a day from now.
    func fill() async throws(Fault) {
        let connection = try await connect()
        var generator = SystemRandomNumberGenerator()
        let languages = ["ru", "uk", "en"]
        for start in stride(from: 0, to: Self.sessions, by: Self.batch) {
            let commands = (start..<start + Self.batch).map { number in
                let token = String(generator.next(), radix: 16)
                let language = languages[number % languages.count]
                return RedisCommand(
                    "SET",
                    Self.key(number),
                    "{\"agent\":\(number % 60),\"lang\":\"\(language)\",\"token\":\"\(token)\"}",
                    "PX",
                    "\(Int64.random(in: 3_600_000...86_400_000, using: &generator))"
                )
            }
            for case .failure(let failure) in try await connection.replies(to: commands) {
                throw Fault(.demoServer, "unable to fill Redis: \(failure.message)")
            }
        }
        await connection.close()
    }

    /// Takes a digest of everything in it.
    func evidence() async throws(Fault) -> Evidence {
        let connection = try await connect()
        let keys = try await connection.keyCount()
        guard let content = try await connection.command(RedisCommand("DEBUG", "DIGEST")).text
        else { throw Fault(.demoServer, "unable to ask Redis for a digest: it gave no text") }
        var digest = DigestStream()
        for start in stride(from: 0, to: Self.sessions, by: Self.batch) {
            let commands = (start..<start + Self.batch).map {
                RedisCommand("PEXPIRETIME", Self.key($0))
            }
            for reply in try await connection.replies(to: commands) {
                guard case .integer(let moment) = reply else {
                    throw Fault(
                        .demoServer,
                        "unable to ask Redis when a key ends: it gave no number"
                    )
                }
                digest.update(Array("\(moment)\n".utf8))
            }
        }
        await connection.close()
        return Evidence(keys: keys, content: content, expiries: digest.finish())
    }

    private static func key(_ number: Int) -> String { "session:\(number)" }

    private func connect() async throws(Fault) -> RedisConnection {
        try await RedisConnection.connect(
            to: RedisAddress(endpoint: .socket(path: place.redisSocket.string))
        )
    }

    private var command: Command {
        Command(
            programs.redis,
            arguments: [
                "--port", "0", "--unixsocket", place.redisSocket.string, "--unixsocketperm", "700",
                "--dir", place.redis.string, "--appendonly", "yes", "--save", "",
                "--daemonize", "no", "--enable-debug-command", "yes",
                "--repl-diskless-sync-delay", "0",
            ],
            environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"],
            workingDirectory: place.redis
        )
    }
}
