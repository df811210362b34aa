import Foundation
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// The real executable, killed while a server of its own recovers a cluster.
@Suite(.ownThreads) struct KilledRecoveryTests {
    /// What lies in the working folder of the host.
    private func work(_ playground: Playground) throws -> Set<String> {
        let folder = playground.path.appending("state/work")
        guard try FileSystem.status(folder) != nil else { return [] }
        return Set(try Directory.open(folder).names().map(\.description))
    }

    /// A server that pauses for ever when it is consistent.
    private func pausing(_ server: PostgresServer) throws -> URL {
        let folder = server.root.appending(path: "programs")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let real = server.binaries.appending(path: "postgres").path
        let text = """
            #!/bin/sh
            case "$*" in
            *recovery_target=*) exec \(real) "$@" -c recovery_target=immediate \\
                -c recovery_target_action=pause -c hot_standby=on ;;
            esac
            exec \(real) "$@"

            """
        let program = folder.appending(path: "postgres")
        try Data(text.utf8).write(to: program)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: program.path
        )
        return folder
    }

    @Test func `no server, no room and no file of it outlives a restore that is killed`()
        async throws
    {
        let server = try PostgresServer.make()
        defer { server.remove() }
        try server.start()
        let playground = try await Playground.protecting(server)
        #expect(try await playground.run(["backup"]).code == 0)
        let programs = try pausing(server)
        let before = try playground.read("lifeboat.yaml")
        try playground.edit(
            "kind: postgresql\n",
            "kind: postgresql\n    binaries: \(programs.path)\n"
        )
        let place = server.root.appending(path: "out")
        let kept = try work(playground)
        let arguments = ["restore", "db/postgres", "--to", place.path, "--yes"]
        let ready = place.appending(path: "postmaster.pid").path
        let (pid, _) = try await playground.kill(arguments) {
            let text = (try? String(contentsOfFile: ready, encoding: .utf8)) ?? ""
            return text.contains("standby") || text.contains("ready")
        }
        #expect(try await WorkingProcesses.awaitEnd(below: place.path).isEmpty)
        let rooms = try FileManager.default.contentsOfDirectory(atPath: "/tmp")
        #expect(rooms.filter { $0.hasPrefix("lifeboat-\(pid)-") }.isEmpty)
        #expect(try work(playground) == kept)
        let again = try await playground.run(arguments)
        #expect(again.code == 15 && again.errors.contains("E-RESTORE-NOT-EMPTY"), "\(again.text)")
        try playground.write("lifeboat.yaml", before)
        try FileManager.default.removeItem(at: place)
        let done = try await playground.run(arguments)
        #expect(done.code == 0, "\(done.text)")
    }
}
