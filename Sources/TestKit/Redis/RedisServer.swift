public import Foundation
import Glibc
import Model

/// A real Redis server for a test: on loopback, in a folder of its own, gone with the test.
///
/// Start it, use it, ``stop()`` it (and start it again on the same files), then ``remove()`` it.
public final class RedisServer {
    /// What went wrong, with the server's log.
    public struct Failure: Error, CustomStringConvertible {
        /// The whole story.
        public let description: String
    }

    /// Which server it is.
    public let kind: RedisProgram
    /// Its data folder; also holds its socket and its log.
    public let directory: URL
    /// Its TCP port on 127.0.0.1.
    public let port: Int
    /// Another free port of 127.0.0.1, for `--tls-port`.
    public let securePort: Int
    /// The path of its Unix socket.
    public var socketPath: String { directory.appendingPathComponent("redis.sock").path }
    private var logPath: String { directory.appendingPathComponent("redis.log").path }
    private var program: ChildProgram?

    /// Makes an empty folder and starts a server in it.
    ///
    /// - Parameter arguments: Settings as on the command line, such as `--appendonly yes`.
    /// - Throws: ``Failure`` when it does not accept connections within five minutes.
    public init(_ arguments: String...) throws {
        kind = .redis7
        directory = try Self.makeDirectory()
        port = Int(FreePort.find())
        securePort = Int(FreePort.find())
        try start(arguments)
    }

    /// Makes an empty folder and no server yet.
    public init(stopped: Void, _ kind: RedisProgram = .redis7) throws {
        self.kind = kind
        directory = try Self.makeDirectory()
        port = Int(FreePort.find())
        securePort = Int(FreePort.find())
    }

    deinit { remove() }

    /// Starts the server on the files of its folder and waits until it accepts connections.
    public func start(_ arguments: [String]) throws {
        let program = try launch(arguments)
        let deadline = ContinuousClock.now + .seconds(300)
        while !log.contains("eady to accept connections") {
            guard program.isRunning, ContinuousClock.now < deadline else {
                stop()
                throw Failure(description: "redis-server did not start:\n\(log)")
            }
            usleep(5_000)
        }
    }

    /// Starts the server without waiting for anything but its process; it gives up no replica that is silent.
    @discardableResult
    public func launch(_ arguments: [String]) throws -> ChildProgram {
        precondition(program == nil, "the server runs already")
        try? FileManager.default.removeItem(atPath: logPath)
        let program = try ChildProgram(
            [
                kind.path, "--port", "\(port)", "--bind", "127.0.0.1",
                "--unixsocket", socketPath, "--dir", directory.path, "--logfile", logPath,
                "--daemonize", "no", "--save", "", "--enable-debug-command", "yes",
                "--repl-timeout", "86400",
            ] + arguments,
            environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"],
            directory: directory.path
        )
        self.program = program
        return program
    }

    /// Ends the server with SIGTERM, after a minute with SIGKILL; does nothing when none runs.
    public func stop() {
        program?.terminate()
        program = nil
    }

    /// Stops the server and removes its folder.
    public func remove() {
        stop()
        try? FileManager.default.removeItem(at: directory)
        FolderGuard.shared.release(directory.path)
    }

    /// Whether a file of this name is in the data folder.
    public func has(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: directory.appendingPathComponent(file).path)
    }

    /// What the server has logged since its start.
    public var log: String {
        (try? Data(contentsOf: URL(fileURLWithPath: logPath))).map {
            String(decoding: $0, as: UTF8.self)
        } ?? ""
    }

    private static func makeDirectory() throws -> URL {
        // Short, because the path of a Unix socket has at most 107 bytes.
        let name = "redis-\(UInt64.random(in: 0...(.max)))"
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        FolderGuard.shared.watch(url.path)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        return url
    }
}
