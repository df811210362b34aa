import Testing

@Suite struct LayeringTests {
    @Test func `targets import what their row of the table names`() {
        #expect(!House.sources.isEmpty)
        for file in House.sources {
            let complaints = Layers.complaints(target: file.target, text: file.text)
            #expect(complaints.isEmpty, "\(file)")
        }
    }

    @Test func `every folder of Sources is a target of the table`() {
        let folders = Set(House.files.filter { $0.path.hasPrefix("Sources/") }.map(\.target))
        #expect(folders.subtracting(Layers.table.keys).isEmpty)
    }

    @Test func `the rows name only targets that exist in the table`() {
        for (target, row) in Layers.table {
            #expect(row.ours.subtracting(Layers.table.keys).isEmpty, "\(target)")
            #expect(!row.ours.contains(target))
        }
    }

    @Test(arguments: [
        ("Model", "import Vault"), ("Model", "import Foundation"), ("Vault", "import PostgresWire"),
        ("RedisWire", "public import Vault"), ("FileTrees", "@preconcurrency import Crypto"),
        ("Console", "import struct Vault.Pack"), ("Sealing", "import Foundation"),
        ("Sealing", "#if canImport(Glibc)\nimport Glibc\n#endif"), ("Extras", "let x = 1"),
    ])
    func `a wrong import is found`(target: String, text: String) {
        #expect(!Layers.complaints(target: target, text: text).isEmpty)
    }

    @Test(arguments: [
        ("Vault", "import Sealing"), ("Model", "// import Vault"),
        ("Model", "import FoundationEssentials"), ("Model", "let s = \"\"\"\nimport Vault\n\"\"\""),
        ("PostgresProtection", "public import PostgresWire"), ("lifeboat", "import Recovery"),
    ])
    func `a right import is let through`(target: String, text: String) {
        #expect(Layers.complaints(target: target, text: text).isEmpty)
    }
}
