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
                + "    password: {exec: [/bin/sh, -c, 'touch started; exec sleep 600']}\n"
        )
        let command = try playground.command(["backup"])
        let began = ContinuousClock.now
        let log = playground.path.appending("log")
        let started = playground.path.appending("started")
        let (_, status) = try await command.spawn(log: log) { child async throws(Fault) in
            while try FileSystem.status(started) == nil { usleep(2_000) }
            kill(child.pid, signal)
            _ = try child.wait(upTo: .seconds(300))
        }
        #expect(status == .exited(code))
        // Well before the password would have come.
        #expect(began.duration(to: .now) < .seconds(500))
        try playground.write("lifeboat.yaml", plain)
        #expect(try await playground.run(["backup"]).code == 0)
        #expect(try await playground.run(["check", "--deep"]).code == 0)
    }

    @Test func `a copy that does not answer is named, with the one that is there`() async throws {
        let playground = try await Playground.initialised()
        #expect(try await playground.run(["backup"]).code == 0)
        // Credentials that take their time: the copy stands before the one that has everything.
        let line = try #require(
            try playground.read("lifeboat.yaml").split(separator: "\n").first {
                $0.contains("- {name: local")
            }
        )
        let item = line.prefix { $0 == " " }
        try playground.edit(
            String(line),
            "\(item)- {name: s3, url: s3://bucket/web, endpoint: http://127.0.0.1:1, region: r,"
                + " credentials: {exec: [/bin/sh, -c, 'exec sleep 600']}}\n\(line)"
        )
        let command = try playground.command([
            "restore", "web/files", "--to", "out", "--yes",
        ])
        let log = playground.path.appending("log")
        let (isTold, status) = try await command.spawn(log: log) { child async throws(Fault) in
            var isTold = false
            for _ in 0..<15_000 where !isTold {
                let bytes = try DurableFile.read(log, limit: ByteCount(1 << 20))
                isTold = String(decoding: bytes, as: UTF8.self)
                    .contains("waiting for copy s3 (restore --from local reads only that one)")
                usleep(20_000)
            }
            kill(child.pid, SIGTERM)
            _ = try child.wait(upTo: .seconds(300))
            return isTold
        }
        let told = try playground.read("log")
        #expect(isTold && status == .exited(143), "\(told)")
        let alone = try await playground.run(
            ["restore", "web/files", "--from", "local", "--to", "out", "--yes"]
        )
        #expect(alone.code == 0, "\(alone.text)")
        #expect(alone.errors.contains("going on without copy s3: "), "\(alone.text)")
    }
}
