import Model
import StackConfiguration
import Testing

/// `logical:` of a cluster.
struct LogicalTests {
    private static let text = Samples.small(
        "\"service=shop\"",
        "\"service=shop\", logical: {databases: [shop, 'a b'], globals: false, keep: {weekly: 8}}"
    )

    @Test func `dumps are a component of their own`() throws {
        let value = try Samples.decode(Self.text)
        #expect(value.components.map(\.name) == ["postgres", "postgres-logical", "secrets"])
        guard case .dumps(let postgres, let logical) = value.components[1].source else {
            Issue.record("they are \(value.components[1].source)")
            return
        }
        #expect(postgres.dsn == "service=shop")
        #expect(logical.databases == ["shop", "a b"] && !logical.hasGlobals)
        #expect(value.components[1].keep?.weekly == 8)
        #expect(value.components[0].keep == nil)
        #expect(try Samples.decode(value.description) == value)
        #expect(try Samples.decode(ConfigurationTemplate(value).text) == value)
    }

    @Test func `without more words everything is dumped`() throws {
        let text = Samples.small("\"service=shop\"", "\"service=shop\", logical: {globals: true}")
        let value = try Samples.decode(text)
        guard case .dumps(_, let logical) = value.components[1].source else {
            Issue.record("they are \(value.components[1].source)")
            return
        }
        #expect(logical == LogicalConfiguration())
    }

    @Test func `their name must be free`() throws {
        let text = Samples.small(
            "secrets: {",
            "postgres-logical: {kind: files, paths: [/srv/a]}\n  secrets: {"
        ).replacing("\"service=shop\"", with: "\"service=shop\", logical: {globals: true}")
        let fault = try #require(Samples.fault(text))
        #expect(fault.code.id == "E-CONFIG-VALUE")
        #expect(fault.message.contains("postgres-logical"), "\(fault)")
    }
}
