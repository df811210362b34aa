import Foundation
import Model
import StackConfiguration
import Testing

@Suite struct RenderingTests {
    @Test(arguments: [Samples.whole, Samples.small])
    func `what is shown decodes to the same value`(text: String) throws {
        let value = try Samples.decode(text)
        #expect(try Samples.decode(value.description) == value)
        #expect(try Samples.decode(ConfigurationTemplate(value).text) == value)
    }

    @Test func `secrets stay references`() throws {
        let text = try Samples.decode(Samples.whole, ["REDIS_PASSWORD": "hunter2"]).description
        #expect(text.contains("password: {env: REDIS_PASSWORD}"))
        #expect(text.contains("password: {file: /run/secrets/pg}"))
        #expect(!text.contains("hunter2"))
    }

    @Test func `odd values survive`() throws {
        let odd = [
            "/a b", "/a: b", "/ä\"\\", "/$X ${Y}", "/#x", "/a,b]", "/é日本", "/-", "/'", "/x:",
            "/%&*!|>", "/a\u{2028}b", "/a\u{2029}b", "/\u{85}", "/\u{FEFF}", "/\u{FFFF}",
            "/\u{1F4BE}",
        ]
        var value = try Samples.decode(Samples.small)
        let patterns = ["null", "true", "~", "1", "- a", "*", "&a", "[x]", "{", "$HOME", "a #b"]
        let files = FilesConfiguration(paths: odd, include: patterns)
        value.components.append(ComponentConfiguration(name: "odd", source: .files(files)))
        #expect(try Samples.decode(value.description) == value)
    }

    @Test func `a remark is one comment, whatever is in it`() throws {
        let value = try Samples.decode(Samples.small)
        let remark = "path '/a\u{1B}[2Jb\nstack: evil\u{2028}\u{85}\rversion: 2'"
        let text = ConfigurationTemplate(value, remarks: [remark]).text
        #expect(try Samples.decode(text) == value)
        #expect(text.hasSuffix("\n# path '/a[2Jbstack: evilversion: 2'\n"))
    }

    @Test func `the template explains every key it writes`() throws {
        let value = try Samples.decode(Samples.whole)
        let text = ConfigurationTemplate(value, schema: "./lifeboat.schema.json").text
        #expect(text.contains("# yaml-language-server: $schema=./lifeboat.schema.json"))
        #expect(text.contains("# The age recipients that can open the backups; public."))
        #expect(
            text.contains("      # The replication slot. Default: lifeboat_<stack>.\n      slot:")
        )
        let small = ConfigurationTemplate(try Samples.decode(Samples.small)).text
        #expect(small.contains("# identity:"))
        #expect(small.contains("# keep:"))
    }

    @Test func `the published schema is current`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let published = try String(
            contentsOf: root.appending(path: "Docs/lifeboat.schema.json"),
            encoding: .utf8
        )
        #expect(published == ConfigurationSchema.text, "write the new text to Docs")
    }

    @Test func `the schema has the shape of the grammar`() throws {
        let data = Data(ConfigurationSchema.text.utf8)
        let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(schema["additionalProperties"] as? Bool == false)
        let properties = try #require(schema["properties"] as? [String: [String: Any]])
        let names = [
            "components", "compose", "copies", "environment", "host", "keys", "objectives",
            "services", "stack", "state", "version",
        ]
        #expect(properties.keys.sorted() == names)
        let required = try #require(schema["required"] as? [String])
        #expect(
            Set(names).subtracting(required) == [
                "compose", "host", "objectives", "services", "state",
            ]
        )
        let component = properties["components"]?["additionalProperties"] as? [String: Any]
        let kinds = component?["oneOf"] as? [[String: Any]]
        #expect(
            kinds?.compactMap { $0["title"] as? String } == [
                "postgresql", "redis", "files", "configuration", "secrets",
            ]
        )
        #expect(kinds?.allSatisfy { $0["additionalProperties"] as? Bool == false } == true)
    }
}
