import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit

extension Playground {
    /// Starts the executable and ends it with SIGKILL after a while; nil when that came in time, else what it took to its own end.
    ///
    /// Another program kills and measures: the thread of a test may have to wait for its turn.
    func kill(_ arguments: [String], after delay: Duration) async throws -> Duration? {
        let script = "TIMEFORMAT=%R; time timeout --foreground -s KILL \"$@\""
        let wait = "\(delay / .seconds(1))"
        let ending = try await Command(
            "/bin/bash",
            arguments: ["-c", script, "kill", wait, try Program.path.string] + arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: path
        ).run(outputLimit: 1 << 20)
        if ending.status == .exited(128 + SIGKILL) { return nil }
        guard
            let took = ending.errorText.split(whereSeparator: \.isNewline).last.flatMap({
                Double($0)
            })
        else { throw Fault(.failedTest, ending.errorText) }
        return .seconds(took)
    }

    /// Starts the executable and ends it with SIGKILL once something holds; the process that it was, and what it wrote.
    ///
    /// - Throws: a failed test when that never was, or the executable ended before.
    func kill(
        _ arguments: [String],
        once holds: () throws(Fault) -> Bool
    ) async throws -> (pid: Int32, text: String) {
        let log = path.appending("killed.log")
        let (pid, status) = try await command(arguments).spawn(log: log) {
            child async throws(Fault) in
            let limit = ContinuousClock.now + .seconds(300)
            while try !holds() {
                let ended = try child.wait(upTo: .milliseconds(10))
                guard ended == nil, ContinuousClock.now < limit else {
                    throw Fault(.failedTest, "'\(arguments)' was never as far as to be killed")
                }
            }
            try child.terminate(SIGKILL)
            _ = try child.wait(upTo: .seconds(300))
            return child.pid
        }
        let text = try read("killed.log")
        guard status == .signalled(SIGKILL) else {
            throw Fault(.failedTest, "'\(arguments)' ended by itself: \(text)")
        }
        return (pid, text)
    }
}
