import Model
import Services
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Real containers and commands in one stack, stopped for some work and put back.
@Suite(.networkThreads, .serialized) struct ServiceKeeperTests {
    private struct Stack {
        let host: ContainerHost
        let services: [String: any ServiceControl]
        let order: ServiceOrder
        let file: LedgerFile

        /// A web server behind a database, a job that stands still, and a worker that commands control.
        init() throws {
            host = try ContainerHost()
            for name in ["db", "web", "job"] { try host.create(service: name, of: "shop") }
            for name in ["shop-db-1", "shop-web-1"] { try host.start(name) }
            let engine = ContainerEngine(.socket(host.socket.string))
            var services: [String: any ServiceControl] = [:]
            for name in ["db", "web", "job"] {
                services[name] = ContainerService(
                    .compose(project: "shop", service: name),
                    of: engine,
                    patience: .seconds(600)
                )
            }
            let flag = host.folder.path.appending("worker").string
            services["worker"] = CommandService(
                start: ["/usr/bin/touch", flag],
                stop: ["/bin/rm", flag],
                status: ["/usr/bin/test", "-e", flag],
                patience: .seconds(600)
            )
            self.services = services
            order = try ServiceOrder(
                [("worker", ["web"]), ("web", ["db"]), ("db", []), ("job", ["db"])],
                components: ["db"]
            )
            file = LedgerFile(in: host.folder.path.appending("state"))
        }

        var keeper: ServiceKeeper { ServiceKeeper(services, file: file) { _ in } }

        func running() async throws -> [String] {
            var names: [String] = []
            for (name, service) in services
            where try await service.parts().contains(where: \.isRunning) {
                names.append(name)
            }
            return names.sorted()
        }
    }

    @Test func `everything stops for the work, and what ran runs again`() async throws {
        let stack = try Stack()
        try await stack.services["worker"]?.start(["all"])
        let nodes = stack.order.services(using: ["db"])
        var during: [String]?
        var noted: ServiceLedger?
        let ending = try await stack.keeper.stop(nodes, for: ["db"]) {
            during = try? await stack.running()
            noted = try? stack.file.read()
            return []
        }
        #expect(during == [])
        #expect(noted?.unfinished == ["db"])
        #expect(noted?.entries.map(\.name) == ["db", "web", "worker"])
        #expect(ending.refusal == nil)
        #expect(ending.failures.isEmpty)
        #expect(ending.stopped.isEmpty)
        #expect(try await stack.running() == ["db", "web", "worker"])
        #expect(try stack.file.read() == nil)
    }

    @Test func `what a killed run had stopped is put back by the next, and not before`()
        async throws
    {
        let stack = try Stack()
        // As a run leaves it that was killed while it worked on the database.
        let entries = stack.order.nodes.filter { $0.name != "job" && $0.name != "worker" }.map {
            ServiceLedger.Entry($0, running: ["shop-\($0.name)-1"])
        }
        try stack.file.write(ServiceLedger(unfinished: ["db"], entries: entries))
        for name in ["db", "web"] { try await stack.services[name]?.stop() }
        let held = try #require(try await stack.keeper.putBack(regardless: false))
        #expect(held.stopped == ["db", "web"])
        #expect(try await stack.running().isEmpty)
        let nodes = stack.order.services(using: ["db"])
        let ending = try await stack.keeper.stop(nodes, for: ["db"]) { [] }
        #expect(ending.stopped.isEmpty)
        #expect(try await stack.running() == ["db", "web"])
        #expect(try await stack.keeper.putBack(regardless: false) == nil)
    }

    @Test func `a person may have everything put back regardless`() async throws {
        let stack = try Stack()
        let nodes = stack.order.services(using: ["db"])
        let ending = try await stack.keeper.stop(nodes, for: ["db"]) { ["db"] }
        #expect(ending.stopped == ["db", "web"])
        #expect(try await stack.running().isEmpty)
        let back = try #require(try await stack.keeper.putBack(regardless: true))
        #expect(back.stopped.isEmpty)
        #expect(try await stack.running() == ["db", "web"])
        #expect(try stack.file.read() == nil)
    }

    @Test func `what is gone is told, and forgotten where a person has everything put back`()
        async throws
    {
        let folder = try ScratchFolder()
        let flag = folder.path.appending("on").string
        let web = CommandService(
            start: ["/usr/bin/touch", flag],
            stop: ["/bin/rm", flag],
            status: ["/usr/bin/test", "-e", flag],
            patience: .seconds(600)
        )
        let file = LedgerFile(in: folder.path.appending("state"))
        let keeper = ServiceKeeper(["web": web], file: file) { _ in }
        try file.write(
            ServiceLedger(entries: [
                ServiceLedger.Entry(ServiceNode(name: "old"), running: ["old-1"]),
                ServiceLedger.Entry(ServiceNode(name: "web", after: ["old"]), running: ["all"]),
            ])
        )
        let held = try #require(try await keeper.putBack(regardless: false))
        #expect(held.failures.map(\.code) == [.serviceGone])
        #expect(held.stopped == ["old", "web"])
        let back = try #require(try await keeper.putBack(regardless: true))
        #expect(back.failures.map(\.code) == [.serviceGone])
        #expect(back.stopped.isEmpty)
        #expect(try await web.parts().first?.isRunning == true)
        #expect(try file.read() == nil)
    }

    @Test func `an engine that is not there ends it before anything is stopped`() async throws {
        let stack = try Stack()
        try await stack.services["worker"]?.start(["all"])
        stack.host.stopServer()
        var isDone = false
        let ending = try await stack.keeper.stop(stack.order.nodes, for: ["db"]) {
            isDone = true
            return []
        }
        #expect(!isDone)
        #expect(ending.refusal?.code == .engineUnreachable)
        #expect(try stack.file.read() == nil)
        #expect(try await stack.services["worker"]?.parts().first?.isRunning == true)
        try stack.host.startServer()
    }
}
