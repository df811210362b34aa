import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Which engine is asked, and what it tells of images: real containers, through the executable.
@Suite(.ownThreads, .serialized) struct EngineTests {
    private static let image = "registry.example/shop/web:1"

    private static func stand() async throws -> (Playground, ContainerHost) {
        let playground = try await Playground.initialised()
        let host = try ContainerHost()
        // As an image is known that a registry gave out.
        try host.podman(["tag", ContainerHost.image, image])
        try host.create("web", image: image)
        try host.start("web")
        let text = try playground.read("lifeboat.yaml")
        try playground.write("lifeboat.yaml", text + "services:\n  web: {container: web}\n")
        return (playground, host)
    }

    @Test func `DOCKER_HOST names the engine, by its socket or a port`() async throws {
        let (playground, host) = try await Self.stand()
        let bySocket = ["DOCKER_HOST": "unix://\(host.socket.string)"]
        let seen = try await playground.run(["services"], variables: bySocket)
        #expect(seen.code == 0 && seen.output.contains("runs"), "\(seen.text)")
        host.stopServer()
        let unknown = try await playground.run(["services"], variables: bySocket)
        #expect(unknown.code == 14 && unknown.output.contains("unknown"), "\(unknown.text)")
        #expect(unknown.errors.contains("id: E-ENGINE-UNREACHABLE"), "\(unknown.text)")
        let byPort = ["DOCKER_HOST": try host.startServer(overTCP: true)]
        let backup = try await playground.run(["backup"], variables: byPort)
        #expect(backup.code == 0, "\(backup.text)")
        try playground.remove("source")
        let restore = ["restore", "web/files", "--identity", "kit.txt", "--yes"]
        let nobody = try await playground.run(restore, variables: bySocket)
        #expect(nobody.code == 14, "\(nobody.text)")
        #expect(nobody.errors.contains("id: E-ENGINE-UNREACHABLE"), "\(nobody.text)")
        #expect(try FileSystem.status(playground.source) == nil)
        let before = try host.podman(["inspect", "--format", "{{.State.StartedAt}}", "web"])
        let done = try await playground.run(restore, variables: byPort)
        #expect(done.code == 0, "\(done.text)")
        #expect(try host.state(of: "web") == "running")
        let after = try host.podman(["inspect", "--format", "{{.State.StartedAt}}", "web"])
        #expect(after != before)
        let secure = byPort.merging(["DOCKER_TLS_VERIFY": "1"]) { $1 }
        let refused = try await playground.run(["services"], variables: secure)
        #expect(refused.text.contains("speaks no TLS to engines"), "\(refused.text)")
    }

    @Test func `a snapshot records the digest under which a registry knows an image`()
        async throws
    {
        let (playground, host) = try await Self.stand()
        let engine = ["DOCKER_HOST": "unix://\(host.socket.string)"]
        let backup = try await playground.run(["backup"], variables: engine)
        #expect(backup.code == 0, "\(backup.text)")
        let digests = try host.podman([
            "image", "inspect", "--format", "{{range .RepoDigests}}{{println .}}{{end}}",
            Self.image,
        ])
        let digest = try #require(
            digests.split(separator: "\n").first {
                $0.hasPrefix("registry.example/shop/web@sha256:")
            }
        )
        let fact = "\"service.web\":\"\(Self.image) \(digest)\""
        #expect(try playground.heads().contains(fact))
        // Without an engine the backup stands, and says what it lacks.
        host.stopServer()
        let blind = try await playground.run(["backup"], variables: engine)
        #expect(blind.code == 0, "\(blind.text)")
        #expect(blind.text.contains("which images the services run is not recorded"))
    }
}
