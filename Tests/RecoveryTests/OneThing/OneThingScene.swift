import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit

/// A real server whose cluster is backed up, and out of which things come back one by one.
struct OneThingScene {
    let playground: Playground
    let server: PostgresServer

    /// A server that runs, and a vault; nothing is backed up yet.
    init(segmentMegabytes: Int = 16, settings: [String: String] = [:]) async throws {
        server = try PostgresServer.make(
            settings: settings,
            initdb: ["--wal-segsize=\(segmentMegabytes)"]
        )
        try server.start()
        playground = try await Playground.protecting(server)
    }

    /// Where scratch clusters are: the server's user must be able to pass through to it, and its path must be short.
    var scratch: URL { server.root.appending(path: "s") }

    /// What is left there.
    var leftovers: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: scratch.path)) ?? []
    }

    /// Takes a base backup.
    func backUp() async throws {
        let ending = try await playground.run(["backup"])
        guard ending.code == 0 else { throw Fault(.failedTest, ending.text) }
    }

    /// Asks for one thing, and agrees to the plan.
    func restore(_ flags: [String]) async throws -> Program.Ending {
        try await playground.run(
            ["restore", "db/postgres", "--yes", "--scratch", scratch.path] + flags
        )
    }

    /// Runs a script with `psql`, which stops at the first error.
    func feed(_ script: String, database: String = "postgres") throws {
        let file = server.root.appending(path: "script-\(UUID().uuidString)")
        try Data(script.utf8).write(to: file)
        try server.run(
            "psql",
            server.connectionArguments + [
                "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", file.path,
            ]
        )
    }

    /// The server's programs, of which one is another; all of them where everybody can run them.
    func programs(_ name: String, _ script: String) throws -> URL {
        let folder = server.root.appending(path: "programs")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for program in ["postgres", "pg_dump", "psql"] {
            let real = server.binaries.appending(path: program).path
            let text = program == name ? script : "exec \(real) \"$@\""
            let path = folder.appending(path: program)
            try Data("#!/bin/sh\n\(text)\n".utf8).write(to: path)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755],
                ofItemAtPath: path.path
            )
        }
        return folder
    }
}
