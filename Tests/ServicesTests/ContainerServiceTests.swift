import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Real containers, through podman's Docker-compatible socket.
@Suite(.networkThreads, .serialized) struct ContainerServiceTests {
    private func engine(_ host: ContainerHost) -> ContainerEngine {
        ContainerEngine(.socket(host.socket.string))
    }

    private func service(
        _ name: String,
        _ host: ContainerHost,
        patience: Duration = .seconds(600)
    ) -> ContainerService {
        ContainerService(
            .compose(project: "shop", service: name),
            of: engine(host),
            patience: patience
        )
    }

    @Test func `containers are found by their labels, stopped and started again as they were`()
        async throws
    {
        let host = try ContainerHost()
        try host.create(service: "web", of: "shop", number: 1, after: ["db", "redis"])
        try host.create(service: "web", of: "shop", number: 2, after: ["db"])
        try host.create(service: "web", of: "blog")
        try host.create("loner")
        for name in ["shop-web-1", "blog-web-1"] { try host.start(name) }
        let web = service("web", host)
        #expect(
            try await web.parts() == [
                ServicePart("shop-web-1", isRunning: true),
                ServicePart("shop-web-2", isRunning: false),
            ]
        )
        #expect(try await web.dependencies() == ["db", "redis"])
        try await web.stop()
        #expect(try host.state(of: "shop-web-1") == "exited")
        #expect(try host.state(of: "blog-web-1") == "running")
        try await web.stop()
        try await web.start(["shop-web-1"])
        #expect(try host.state(of: "shop-web-1") == "running")
        #expect(try host.state(of: "shop-web-2") == "created")
        try await web.start(["shop-web-1"])
        #expect(try await service("mail", host).parts().isEmpty)
        let loner = ContainerService(.named("loner"), of: engine(host), patience: .seconds(600))
        #expect(try await loner.parts() == [ServicePart("loner", isRunning: false)])
    }

    @Test func `a start waits until the health check is passed`() async throws {
        let host = try ContainerHost()
        try host.create(
            service: "web",
            of: "shop",
            script: "rm -f /tmp/ready",
            health: "test -e /tmp/ready"
        )
        let web = service("web", host)
        async let started: Void = web.start(["shop-web-1"])
        // systemd is not here to run the check, so it is run by hand, before and after it can be passed.
        try await until { try host.state(of: "shop-web-1") == "running" }
        #expect(!host.check("shop-web-1"))
        try host.podman(["exec", "shop-web-1", "touch", "/tmp/ready"])
        #expect(try await engine(host).details(of: "shop-web-1")?.health == "starting")
        #expect(host.check("shop-web-1"))
        try await started
        #expect(try await engine(host).details(of: "shop-web-1")?.health == "healthy")
    }

    @Test(.timeLimit(.minutes(30)))
    func `a container that was told to stop before, and has not yet, is started when it has`()
        async throws
    {
        let host = try ContainerHost()
        let place = host.folder.path.string
        let note = place + "/note"
        try host.create(
            service: "web",
            of: "shop",
            script: """
                trap 'sleep 3; exit 0' TERM
                echo x >> \(note)
                while test ! -e \(note).again; do sleep 0.1; done
                """,
            options: ["--volume", "\(place):\(place)", "--stop-timeout", "100"]
        )
        try host.start("shop-web-1")
        let starts = { (try? DurableFile.read(FilePath(note), limit: ByteCount(99))) ?? [] }
        try await until { starts() == Array("x\n".utf8) }
        // As a run leaves it that was killed while it stopped the service.
        try host.podman(["kill", "--signal", "TERM", "shop-web-1"])
        try DurableFile.create(FilePath(note + ".again"), with: [], mode: 0o600)
        try await service("web", host, patience: .seconds(600)).start(["shop-web-1"])
        #expect(try host.state(of: "shop-web-1") == "running")
        // A container runs as soon as its first program begins, which may be late.
        try await until { starts().count > 2 }
        #expect(starts() == Array("x\nx\n".utf8))
    }

    @Test func `what does not become healthy, or ends, is told`() async throws {
        let host = try ContainerHost()
        try host.create(service: "sick", of: "shop", health: "false")
        try host.create(service: "brief", of: "shop", script: "exit 7")
        let sick = await fault(of: service("sick", host, patience: .seconds(1)), "shop-sick-1")
        #expect(sick?.code == .serviceUnhealthy)
        #expect(sick?.message.contains("it is starting") == true)
        // On a busy machine it may run for as long as one that settles, before it ends.
        var brief: Fault?
        for _ in 0..<20 where brief == nil {
            brief = await fault(of: service("brief", host), "shop-brief-1")
        }
        #expect(brief?.message.contains("it ended with status 7") == true)
        let gone = await fault(of: service("brief", host), "shop-other-1")
        #expect(gone?.message.contains("it is not there any more") == true)
    }

    @Test func `a container that goes when it ends is refused, and stays`() async throws {
        let host = try ContainerHost()
        try host.create(service: "web", of: "shop", options: ["--rm"])
        try host.start("shop-web-1")
        do {
            try await service("web", host).stop()
            Issue.record("it is gone")
        } catch {
            #expect(error.code == .serviceState)
        }
        #expect(try host.state(of: "shop-web-1") == "running")
    }

    @Test func `a paused container is refused, since it could not be put back`() async throws {
        let host = try ContainerHost()
        try host.create(service: "web", of: "shop")
        try host.start("shop-web-1")
        try host.podman(["pause", "shop-web-1"])
        do {
            _ = try await service("web", host).parts()
            Issue.record("it is paused")
        } catch {
            #expect(error.code == .serviceState)
        }
        try host.podman(["unpause", "shop-web-1"])
    }

    @Test func `what runs and is not healthy is left to a person who has everything put back`()
        async throws
    {
        let host = try ContainerHost()
        try host.create(service: "sick", of: "shop", health: "false")
        try host.create(service: "web", of: "shop")
        let file = LedgerFile(in: host.folder.path.appending("state"))
        let services = [
            "sick": service("sick", host, patience: .seconds(1)), "web": service("web", host),
        ]
        let keeper = ServiceKeeper(services, file: file) { _ in }
        let web = ServiceNode(name: "web", after: ["sick"])
        try file.write(
            ServiceLedger(entries: [
                ServiceLedger.Entry(ServiceNode(name: "sick"), running: ["shop-sick-1"]),
                ServiceLedger.Entry(web, running: ["shop-web-1"]),
            ])
        )
        let held = try #require(try await keeper.putBack(regardless: false))
        #expect(held.failures.map(\.code) == [.serviceUnhealthy])
        #expect(held.stopped == ["sick", "web"])
        #expect(try host.state(of: "shop-web-1") != "running")
        let back = try #require(try await keeper.putBack(regardless: true))
        #expect(back.failures.map(\.code) == [.serviceUnhealthy])
        #expect(back.stopped.isEmpty)
        #expect(try host.state(of: "shop-sick-1") == "running")
        #expect(try host.state(of: "shop-web-1") == "running")
        #expect(try file.read() == nil)
    }

    @Test func `an engine tells what a container is made of`() async throws {
        let host = try ContainerHost()
        try host.create(service: "db", of: "shop")
        let engine = engine(host)
        let details = try #require(try await engine.details(of: "shop-db-1"))
        #expect(!details.isRunning)
        #expect(details.image == ContainerHost.image)
        #expect(details.imageID.hasPrefix("sha256:"))
        #expect(details.stopTimeout == 5)
        #expect(try await engine.details(of: "nobody") == nil)
        let digests = try await engine.digests(ofImage: details.imageID)
        #expect(digests.count == 1)
        #expect(digests.first?.hasPrefix("localhost/lifeboat-test@sha256:") == true)
    }

    @Test func `an engine that is not there, or goes away, is named`() async throws {
        let host = try ContainerHost()
        try host.create(service: "web", of: "shop")
        let web = service("web", host)
        #expect(try await web.parts().count == 1)
        host.stopServer()
        do {
            _ = try await web.parts()
            Issue.record("nobody listens")
        } catch {
            #expect(error.code == .engineUnreachable)
            #expect(error.message.contains("podman.sock"))
            #expect(!error.hints.isEmpty)
        }
        try host.startServer()
        #expect(try await web.parts().count == 1)
    }

    private func fault(of service: ContainerService, _ part: String) async -> Fault? {
        do {
            try await service.start([part])
            return nil
        } catch { return error }
    }
}
