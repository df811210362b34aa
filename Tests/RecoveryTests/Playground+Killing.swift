import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit

extension Playground {
    /// Starts the executable and ends it with SIGKILL after a while; whether it was killed before it ended by itself.
    func kill(_ arguments: [String], after delay: Duration) async throws -> Bool {
        let (_, status) = try await command(arguments).spawn(log: path.appending("log")) {
            child async throws(Fault) in
            _ = try child.wait(upTo: delay)
            Foundation.kill(child.pid, SIGKILL)
            _ = try child.wait(upTo: .seconds(300))
        }
        return status == .signalled(SIGKILL)
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
            let limit = ContinuousClock.now + .seconds(120)
            while try !holds() {
                let ended = try child.wait(upTo: .milliseconds(10))
                guard ended == nil, ContinuousClock.now < limit else {
                    throw Fault(.failedTest, "'\(arguments)' was never as far as to be killed")
                }
            }
            try child.terminate(SIGKILL)
            _ = try child.wait(upTo: .seconds(60))
            return child.pid
        }
        let text = try read("killed.log")
        guard status == .signalled(SIGKILL) else {
            throw Fault(.failedTest, "'\(arguments)' ended by itself: \(text)")
        }
        return (pid, text)
    }

    private func command(_ arguments: [String]) throws -> Command {
        Command(
            try Program.path,
            arguments: arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: path
        )
    }
}
