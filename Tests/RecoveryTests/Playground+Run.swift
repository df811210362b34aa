import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit

extension Playground {
    /// The executable with a verb, to be run beside other work.
    func command(
        _ arguments: [String],
        variables: [String: String] = [:]
    ) throws(Fault) -> Command {
        Command(
            try Program.path,
            arguments: arguments,
            environment: ["PATH": "/usr/bin:/bin", "TZ": "UTC"].merging(variables) { $1 },
            workingDirectory: path
        )
    }

    /// Does something while `lifeboat run` runs, and ends that with a signal; its words go to `run.log`.
    ///
    /// - Returns: What the work returned, and how `run` ended.
    @discardableResult
    func whileRunning<Value: Sendable>(
        variables: [String: String] = [:],
        endedBy signal: Int32 = SIGTERM,
        _ body: () async throws(Fault) -> Value
    ) async throws(Fault) -> (value: Value, status: ExitStatus) {
        let run = try command(["run"], variables: variables)
        return try await run.spawn(log: path.appending("run.log")) { child async throws(Fault) in
            let value = try await body()
            try child.terminate(signal)
            _ = try child.wait(upTo: .seconds(300))
            return value
        }
    }

    /// Waits for something that `run` does; what it said is told when that does not come within five minutes.
    func wait(for what: String, _ isThere: () throws(Fault) -> Bool) throws(Fault) {
        let limit = ContinuousClock.now + .seconds(300)
        while try !isThere() {
            guard ContinuousClock.now < limit else {
                throw Fault(
                    .failedTest,
                    "waited in vain for \(what): \(try read("run.log"))"
                )
            }
            usleep(20_000)
        }
    }

    /// Waits until `run` has said something; what it said in a run before counts too.
    func waitUntilRun(says words: String) throws(Fault) {
        try wait(for: "'\(words)'") { () throws(Fault) in
            try read("run.log").contains(words)
        }
    }
}
