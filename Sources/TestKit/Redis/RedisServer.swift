public import Foundation

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A real Redis server for a test: on loopback, in a folder of its own, gone with the test.
///
/// Start it, use it, ``stop()`` it (and start it again on the same files), then ``remove()`` it.
public final class RedisServer {
    /// What went wrong, with the server's log.
    public struct Failure: Error, CustomStringConvertible {
        /// The whole story.
        public let description: String
    }

    /// Its data folder; also holds its socket and its log.
    public let directory: URL
    /// Its TCP port on 127.0.0.1.
    public let port: Int
    /// The path of its Unix socket.
    public var socketPath: String { directory.appendingPathComponent("redis.sock").path }
    private var logPath: String { directory.appendingPathComponent("redis.log").path }
    private var process: Process?

    /// Makes an empty folder and starts a server in it.
    ///
    /// - Parameter arguments: Settings as on the command line, such as `--appendonly yes`.
    /// - Throws: ``Failure`` when it does not accept connections within 20 seconds.
    public init(_ arguments: String...) throws {
        directory = try Self.makeDirectory()
        port = try Self.freePort()
        try start(arguments)
    }

    /// Makes an empty folder and no server yet.
    public init(stopped: Void) throws {
        directory = try Self.makeDirectory()
        port = try Self.freePort()
    }

    deinit {
        process?.terminate()
        try? FileManager.default.removeItem(at: directory)
    }

    /// Starts the server on the files of its folder and waits until it accepts connections.
    public func start(_ arguments: [String]) throws {
        let process = try launch(arguments)
        let deadline = ContinuousClock.now + .seconds(20)
        while !log.contains("eady to accept connections") {
            guard process.isRunning, ContinuousClock.now < deadline else {
                stop()
                throw Failure(description: "redis-server did not start:\n\(log)")
            }
            usleep(5_000)
        }
    }

    /// Starts the server without waiting for anything but its process.
    @discardableResult
    public func launch(_ arguments: [String]) throws -> Process {
        precondition(process == nil, "the server runs already")
        try? FileManager.default.removeItem(atPath: logPath)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        process.arguments =
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socketPath,
                "--dir", directory.path, "--logfile", logPath, "--daemonize", "no",
                "--save", "", "--enable-debug-command", "yes",
            ] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try Self.withAllSignals { try process.run() }
        self.process = process
        return process
    }

    /// Runs with no signal blocked: threads of the pool block SIGTERM, and children inherit that.
    private static func withAllSignals(_ body: () throws -> Void) throws {
        var none = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&none)
        unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Ends the server with SIGTERM, after ten seconds with SIGKILL; does nothing when none runs.
    public func stop() {
        guard let process else { return }
        self.process = nil
        process.terminate()
        let deadline = ContinuousClock.now + .seconds(10)
        while process.isRunning {
            if ContinuousClock.now > deadline { kill(process.processIdentifier, SIGKILL) }
            usleep(2_000)
        }
    }

    /// Stops the server and removes its folder.
    public func remove() {
        stop()
        try? FileManager.default.removeItem(at: directory)
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
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        return url
    }

    /// A port that nobody listens on at this moment.
    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard result else { throw Failure(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
