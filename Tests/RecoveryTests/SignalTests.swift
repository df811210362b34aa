import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The real executable, told to end.
@Suite(.ownThreads) struct SignalTests {
    @Test(arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
    func `a signal cancels a backup, and the next one succeeds`(
        signal: Int32,
        code: Int32
    ) async throws {
        let playground = try await Playground.initialised()
        let plain = try playground.read("lifeboat.yaml")
        // A password that takes its time: the backup waits for the command.
        try playground.edit(
            "components:\n",
            "components:\n  cache:\n    kind: redis\n    address: redis://127.0.0.1:1\n"
                + "    password: {exec: [/bin/sh, -c, 'touch started; exec sleep 60']}\n"
        )
        let command = Command(
            try Program.path,
            arguments: ["backup"],
            environment: ["PATH": "/usr/bin:/bin"],
            workingDirectory: playground.path
        )
        let began = ContinuousClock.now
        let log = playground.path.appending("log")
        let started = playground.path.appending("started")
        let (_, status) = try await command.spawn(log: log) { child async throws(Fault) in
            while try FileSystem.status(started) == nil { usleep(2_000) }
            kill(child.pid, signal)
            _ = try child.wait(upTo: .seconds(50))
        }
        #expect(status == .exited(code))
        // Well before the password would have come.
        #expect(began.duration(to: .now) < .seconds(50))
        try playground.write("lifeboat.yaml", plain)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check", "--deep"]).code == 0)
    }
}
