import Foundation
import Glibc
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Server programs out of an image, where this host has none: real containers, through the executable.
@Suite(.ownThreads, .serialized) struct ImageServerTests {
    /// A server whose programs are not found here, and which an image has that a container of it records.
    private struct Stand {
        let scene: OneThingScene
        let host: ContainerHost

        init() async throws {
            scene = try await OneThingScene()
            host = try ContainerHost()
            try host.makePostgresImage(binaries: scene.server.binaries)
            try host.create("pg", image: ContainerHost.postgresImage)
            let empty = scene.server.root.appending(path: "empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            try scene.playground.edit(
                "kind: postgresql\n",
                "kind: postgresql\n    binaries: \(empty.path)\n    logical: {databases: [postgres]}\n"
            )
            let text = """
                compose: {project: shop, engine: "unix://\(host.socket.string)"}
                services:
                  postgres: {container: pg}

                """
            let before = try scene.playground.read("lifeboat.yaml")
            try scene.playground.write("lifeboat.yaml", before + text)
            try scene.server.psql("create table t (n int); insert into t values (1), (2)")
            try scene.server.psql("create database other")
        }

        /// The names of all containers.
        func containers() throws -> [String] {
            try host.podman(["ps", "--all", "--format", "{{.Names}}"])
                .split(separator: "\n").map { String($0) }
        }

        /// The marks of containers.
        func marks() throws -> [String] {
            let path = scene.playground.path.appending("state/containers").string
            return try FileManager.default.contentsOfDirectory(atPath: path)
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `a table, dumps and a cluster need no server programs but those of the recorded image`()
        async throws
    {
        let stand = try await Stand()
        let (scene, server) = (stand.scene, stand.scene.server)
        defer { server.remove() }
        try await scene.backUp()
        try server.psql("drop table t")

        let one = try await scene.restore(["--table", "t"])
        #expect(one.code == 0, "\(one.errors)")
        #expect(one.errors.contains("that of image 'sha256:"), "\(one.errors)")
        try scene.feed(one.output, database: "other")
        let sum = "select sum(n) from"
        #expect(try server.psql("\(sum) t", database: "other") == "3")

        // psql of the image reaches the live server through the folder of its socket.
        let beside = try await scene.restore(["--table", "t", "--to", "table:t_before"])
        #expect(beside.code == 0, "\(beside.text)")
        #expect(try server.psql("\(sum) t_before") == "3")

        let dumps = try await scene.playground.run([
            "restore", "db/postgres-logical", "--to", "dumps", "--yes",
        ])
        #expect(dumps.code == 0, "\(dumps.text)")
        let text = try scene.playground.read("dumps/databases/postgres.sql")
        #expect(text.contains("CREATE TABLE public.t ("))

        let place = server.root.appending(path: "whole").path
        let whole = try await scene.playground.run([
            "restore", "db/postgres", "--to", place, "--yes",
        ])
        #expect(whole.code == 0, "\(whole.text)")
        #expect(whole.output.contains("recovered with PostgreSQL 15"), "\(whole.text)")
        let control = try #require(try FileSystem.status(FilePath(place + "/global/pg_control")))
        #expect(control.owner == Account.userID("postgres"))
        #expect(try stand.containers() == ["pg"])
        #expect(try stand.marks() == ["lock"])
        #expect(scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `an image that is not there is named with the command that fetches it`() async throws {
        let stand = try await Stand()
        defer { stand.scene.server.remove() }
        let digest = String(repeating: "0", count: 64)
        let image = "registry.example/ghost@sha256:\(digest)"
        try stand.scene.playground.edit("    logical:", "    image: \(image)\n    logical:")
        let backup = try await stand.scene.playground.run(["backup", "db/postgres"])
        #expect(backup.code == 0, "\(backup.text)")
        let refused = try await stand.scene.restore(["--table", "t"])
        #expect(refused.code == 15, "\(refused.text)")
        #expect(refused.errors.contains("id: E-SERVER-MISSING"), "\(refused.text)")
        #expect(refused.errors.contains("docker pull \(image)"), "\(refused.text)")
        stand.host.stopServer()
        let blind = try await stand.scene.restore(["--table", "t"])
        #expect(blind.code == 15, "\(blind.text)")
        #expect(blind.errors.contains("cannot be looked for"), "\(blind.text)")
        #expect(stand.scene.leftovers.isEmpty)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a container that a killed run has left goes with the next command, one in use stays`()
        async throws
    {
        let playground = try await Playground.initialised()
        let host = try ContainerHost()
        let text = """
            compose: {project: shop, engine: "unix://\(host.socket.string)"}
            services:
              web: {container: web}

            """
        let before = try playground.read("lifeboat.yaml")
        try playground.write("lifeboat.yaml", before + text)
        let run = """
            {"engine":"unix://\(host.socket.string)","image":"\(ContainerHost.image)","command":["sleep","600"],\
            "uid":0,"gid":0,"places":[],"hasNetwork":false,"marks":"\(playground.path.string)/state/containers"}
            """
        let command = Command(try Program.path, arguments: ["in-container", run])
        let log = playground.path.appending("log")
        _ = try await command.spawn(log: log) { child async throws(Fault) in
            let limit = ContinuousClock.now + .seconds(300)
            while try !host.podman(["ps", "--format", "{{.Names}}"]).hasPrefix("lifeboat-") {
                guard ContinuousClock.now < limit else {
                    throw Fault(.failedTest, "there is no container")
                }
            }
            let backup = try await Program.run(["backup"], in: playground.path)
            guard backup.code == 0 else { throw Fault(.failedTest, backup.text) }
            #expect(try host.podman(["ps", "--format", "{{.Names}}"]).hasPrefix("lifeboat-"))
            try child.terminate(SIGKILL)
            _ = try child.wait(upTo: .seconds(300))
        }
        #expect(try host.podman(["ps", "--format", "{{.Names}}"]).hasPrefix("lifeboat-"))
        let backup = try await playground.run(["backup"])
        #expect(backup.code == 0, "\(backup.text)")
        #expect(try host.podman(["ps", "--all", "--format", "{{.Names}}"]).isEmpty)
        let marks = playground.path.appending("state/containers").string
        #expect(try FileManager.default.contentsOfDirectory(atPath: marks) == ["lock"])
    }
}
