import Foundation
import Glibc
import TestKit
import Testing

/// A run of the real program's `demo`, in a temporary folder of its own.
final class DemoRun {
    /// Its `TMPDIR`: what the demonstration leaves is in here.
    let folder: URL
    private let program: ChildProgram
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
        FolderGuard.shared.watch(name)
        program = try ChildProgram(
            [Self.path, "demo", "--json"],
            environment: ProcessInfo.processInfo.environment.merging(["TMPDIR": name]) { $1 },
            directory: FileManager.default.currentDirectoryPath,
            output: output.path,
            errors: "/dev/null"
        )
    }

    deinit {
        program.signal(SIGKILL)
        try? FileManager.default.removeItem(at: folder)
        try? FileManager.default.removeItem(at: output)
        FolderGuard.shared.release(folder.path)
    }

    /// The time since the start.
    var elapsed: Duration { ContinuousClock.now - begin }

    /// Sends a signal.
    func signal(_ number: Int32) { program.signal(number) }

    /// Waits for the end, at most some time, and gives the exit code; nil when it still runs.
    func wait(upTo limit: Duration) async throws -> Int32? {
        let deadline = ContinuousClock.now + limit
        while program.isRunning {
            guard ContinuousClock.now < deadline else { return nil }
            try await Task.sleep(for: .milliseconds(100))
        }
        return program.wait()
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
    private static var path: String {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "lifeboat").path
    }
}
