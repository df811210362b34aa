/// The table of `Docs/architecture.md`: what each target may import.
enum Layers {
    /// What a target may import, of ours and from outside.
    struct Row {
        let ours: Set<String>
        let outside: Set<String>

        init(_ ours: Set<String>, _ outside: Set<String> = []) {
            self.ours = ours
            self.outside = outside
        }
    }

    static let sources = ["PostgresWire", "RedisWire", "FileTrees"]
    static let libc: Set<String> = ["Glibc", "Musl", "Darwin"]
    static let cLibraries: Set<String> = ["CZstd", "CPostgres", "CLinux"]

    /// Every target that may exist.
    static let table: [String: Row] = [
        "CZstd": Row([]),
        "CPostgres": Row([]),
        "CLinux": Row([]),
        "Model": Row([]),
        "SystemIO": Row(["Model", "CLinux"], libc.union(["SystemPackage", "Subprocess"])),
        "Sealing": Row(["Model", "CZstd"], ["Crypto", "CryptoExtras"]),
        "ObjectStorage": Row(
            ["Model", "SystemIO"],
            [
                "SystemPackage", "Crypto", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix",
                "NIOSSL",
            ]
        ),
        "VaultRecords": Row([], ["SwiftProtobuf"]),
        "Vault": Row(
            ["Model", "SystemIO", "Sealing", "ObjectStorage", "VaultRecords"],
            ["SwiftProtobuf", "SystemPackage"]
        ),
        "PostgresWire": Row(["Model", "SystemIO", "CPostgres"], libc),
        "Services": Row(
            ["Model", "SystemIO"],
            ["SystemPackage", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix"]
        ),
        "RedisWire": Row(
            ["Model", "SystemIO"],
            libc.union(["NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"])
        ),
        "FileTrees": Row(["Model", "SystemIO"], libc.union(["SystemPackage"])),
        "Protection": Row(
            ["Model", "SystemIO", "Sealing", "Vault", "FileTrees"],
            ["SystemPackage"]
        ),
        "PostgresProtection": protection(of: ["PostgresWire"]),
        "RedisProtection": protection(of: ["RedisWire"]),
        "FileProtection": protection(of: ["FileTrees"]),
        "StackConfiguration": Row(["Model"], ["Yams"]),
        "Recovery": Row(recovery, ["SystemPackage"]),
        "Console": Row(["Model"], libc.union(["Foundation"])),
        "lifeboat": Row(
            recovery.union(["Recovery", "Console"]),
            outside.union(["ArgumentParser", "UnixSignals", "Foundation"])
        ),
        "FuzzTargets": Row(fuzzed),
        "fuzz": Row(["FuzzTargets"], libc),
        "TestKit": Row(
            recovery.union(["Recovery", "Console"]),
            outside.union(["Foundation", "Testing"])
        ),
    ]

    private static func protection(of source: Set<String>) -> Row {
        Row(
            source.union(["Protection", "Vault", "Sealing", "FileTrees", "Model", "SystemIO"]),
            libc.union(["SystemPackage"])
        )
    }

    private static let fuzzed: Set<String> = [
        "Model", "SystemIO", "Sealing", "PostgresWire", "RedisWire", "FileTrees",
        "StackConfiguration",
    ]

    private static let recovery: Set<String> = [
        "Model", "SystemIO", "Sealing", "ObjectStorage", "Vault", "PostgresWire", "RedisWire",
        "FileTrees", "Protection", "PostgresProtection", "RedisProtection", "FileProtection",
        "StackConfiguration", "Services",
    ]

    private static let outside: Set<String> = libc.union(cLibraries).union([
        "SystemPackage", "Subprocess", "Crypto", "SwiftProtobuf", "Yams", "NIOCore", "NIOPosix",
        "NIOSSL",
    ])

    /// What any target may import: parts of the toolchain without reach, and the log façade.
    static let everywhere: Set<String> = ["FoundationEssentials", "Synchronization", "Logging"]

    /// The modules that a file imports.
    static func imports(_ text: String) -> [String] {
        SourceText(text).code.compactMap { line in
            let words = line.split { $0 == " " || $0 == ";" }
            guard let position = words.firstIndex(of: "import"),
                words[..<position].allSatisfy({ modifiers.contains($0) || $0.hasPrefix("@") })
            else { return nil }
            let kinds: Set<Substring> = [
                "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
            ]
            let name = words[(position + 1)...].first { !kinds.contains($0) }
            return name.map { String($0.prefix { $0 != "." }) }
        }
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "private", "fileprivate",
    ]

    /// What is wrong with the imports of a file.
    static func complaints(target: String, text: String) -> [String] {
        guard let row = table[target] else { return ["target '\(target)' has no row in the table"] }
        let allowed = row.ours.union(row.outside).union(everywhere)
        return imports(text).filter { !allowed.contains($0) }
            .map { "'\(target)' may not import '\($0)'" }
    }
}
