import Foundation
import Glibc
import Testing

/// A run of the real program's `demo`, in a temporary folder of its own.
final class DemoRun {
    /// Its `TMPDIR`: what the demonstration leaves is in here.
    let folder: URL
    private let process = Process()
    private let output: URL
    private let begin = ContinuousClock.now

    /// Starts it.
    init() throws {
        // The user `postgres` must be able to pass through, and socket paths are short.
        let name = "/var/tmp/demo-test-\(UInt32.random(in: 0...(.max)))"
        folder = URL(filePath: name)
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: false)
        try manager.setAttributes([.posixPermissions: 0o711], ofItemAtPath: name)
        output = URL(filePath: name + ".ndjson")
        try Data().write(to: output)
        process.executableURL = Self.program
        process.arguments = ["demo", "--json"]
        process.environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": name]) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try Self.withAllSignals { try process.run() }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: folder)
        try? FileManager.default.removeItem(at: output)
    }

    /// The time since the start.
    var elapsed: Duration { ContinuousClock.now - begin }

    /// Sends a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end, at most some time, and gives the exit code; nil when it still runs.
    func wait(upTo limit: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + limit
        while process.isRunning {
            guard ContinuousClock.now < deadline else { return nil }
            try await Task.sleep(for: .milliseconds(100))
        }
        return process.terminationStatus
    }

    /// The objects that it has written so far.
    func objects() throws -> [[String: Any]] {
        try Data(contentsOf: output).split(separator: 10).compactMap {
            try? JSONSerialization.jsonObject(with: $0) as? [String: Any]
        }
    }

    /// What it has left in its folder.
    func leftovers() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
    }

    /// The processes that run in its folder, or whose command line names it.
    ///
    /// A server's own processes rename themselves, so what they work in tells.
    func processes() throws -> [String] {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
            .map { pid in
                let words = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline"))
                let place = try? manager.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
                return
                    "\(pid) \(String(decoding: words ?? Data(), as: UTF8.self)) in \(place ?? "")"
            }
            .filter { $0.contains(folder.path) }
    }

    /// The program lies where the tests do.
    private static var program: URL {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "lifeboat")
    }

    /// Runs with no signal blocked: threads of the pool block SIGTERM, and children inherit that.
    private static func withAllSignals(_ body: () throws -> Void) throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }
}
