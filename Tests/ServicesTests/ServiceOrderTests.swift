import Model
import Services
import Testing

@Suite struct ServiceOrderTests {
    private func order(
        _ services: [(name: String, after: [String])],
        components: [String] = ["db", "redis"]
    ) throws -> ServiceOrder {
        try ServiceOrder(services, components: components)
    }

    @Test func `what is needed starts first, else the order of the file stays`() throws {
        let order = try order([
            ("proxy", ["web"]), ("web", ["db"]), ("mail", []), ("worker", ["web", "queue"]),
            ("queue", []),
        ])
        #expect(order.nodes.map(\.name) == ["web", "proxy", "mail", "queue", "worker"])
    }

    @Test func `what a service needs through others counts`() throws {
        let order = try order([("a", ["b"]), ("b", ["c"]), ("c", ["db"])])
        let last = try #require(order.nodes.last)
        #expect(last.name == "a")
        #expect(last.after == ["b", "c"])
        #expect(last.uses == ["db"])
    }

    @Test func `a restore stops who uses it and who says nothing, and nobody else`() throws {
        let order = try order([
            ("web", ["db", "redis"]), ("worker", ["redis"]), ("cron", []), ("db", []),
            ("front", ["web"]), ("cache-ui", ["worker", "unknown"]),
        ])
        let names = { (components: [String]) in
            Set(order.services(using: components).map(\.name))
        }
        #expect(names(["db"]) == ["web", "cron", "db", "front"])
        #expect(names(["redis"]) == ["web", "worker", "cron", "front", "cache-ui"])
        #expect(names(["files"]) == ["cron"])
        #expect(names([]).isEmpty)
    }

    @Test func `what is started after a service that says nothing may use anything too`() throws {
        let order = try order([
            ("mail", []), ("web", ["db", "mail"]), ("front", ["web", "redis"]),
        ])
        #expect(order.nodes.map(\.uses) == [[], [], []])
        #expect(order.services(using: ["redis"]).map(\.name) == ["mail", "web", "front"])
    }

    @Test func `a server and its data have one name`() throws {
        let order = try order([("db", []), ("web", ["db"])])
        #expect(order.nodes.map(\.uses) == [["db"], ["db"]])
        #expect(order.nodes.map(\.after) == [[], ["db"]])
    }

    @Test func `a circle is refused and named`() {
        #expect(throws: Fault.self) { try order([("a", ["b"]), ("b", ["c"]), ("c", ["a"])]) }
        do {
            _ = try order([("x", []), ("a", ["b"]), ("b", ["a"])])
            Issue.record("a circle has no order")
        } catch {
            let fault = error as? Fault
            #expect(fault?.code == .serviceCircle)
            #expect(fault?.message.contains("'a', 'b'") == true)
            #expect(fault?.message.contains("'x'") == false)
        }
    }

    @Test func `a service that names itself is no circle`() throws {
        #expect(try order([("a", ["a"])]).nodes.map(\.name) == ["a"])
    }

    @Test func `what stops with another is started after it, and uses the same`() throws {
        let order = try ServiceOrder(
            [("front", ["web"]), ("web", []), ("db", ["files"])],
            components: ["db", "files"],
            followers: ["db": ["web"]]
        )
        #expect(order.nodes.map(\.name) == ["db", "web", "front"])
        #expect(order.nodes.map(\.uses) == [["db", "files"], ["db", "files"], ["db", "files"]])
    }

    @Test func `those that stop with each other have no order, and stop for each other's data`()
        throws
    {
        for services in [["a", "b", "c"], ["c", "a", "b"], ["b", "c", "a"]] {
            let after = ["a": ["db"], "b": ["redis"], "c": ["files", "a"]]
            let order = try ServiceOrder(
                services.map { ($0, after[$0] ?? []) } + [("d", ["a"]), ("e", ["redis"])],
                components: ["db", "redis", "files", "b"],
                followers: ["a": ["b"], "b": ["c"], "c": ["a"], "d": []]
            )
            for component in ["db", "files", "b"] {
                let names = order.services(using: [component]).map(\.name)
                #expect(names.sorted() == ["a", "b", "c", "d"], "\(services) \(component)")
            }
            #expect(order.services(using: ["redis"]).count == 5)
        }
    }

    @Test func `one that says nothing makes those that stop with it say nothing`() throws {
        for services in [["a", "b"], ["b", "a"]] {
            let after = ["a": ["db"]]
            let order = try ServiceOrder(
                services.map { ($0, after[$0] ?? []) } + [("c", ["a"])],
                components: ["db", "redis"],
                followers: ["a": ["b"], "b": ["a"]]
            )
            #expect(order.nodes.map(\.uses) == [[], [], []])
        }
    }
}
