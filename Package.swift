// swift-tools-version: 6.3
import PackageDescription

/// What every target of ours is built with; warnings are errors.
let strictTests: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Sources mark what is memory-unsafe too; tests do not, since the testing macros expand without marks.
let strict: [SwiftSetting] = strictTests + [.strictMemorySafety()]

// What comes from outside; `Docs/architecture.md` says why each is here.
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let scrypt: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let nioTLS: [Target.Dependency] = [
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOTLS", package: "swift-nio"),
]
let http: [Target.Dependency] = [
    .product(name: "AsyncHTTPClient", package: "async-http-client"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let arguments: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")

/// A target of the house: its row of the table in `Docs/architecture.md`.
func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of a room.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strictTests)
}

let package = Package(
    name: "lifeboat",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "lifeboat", targets: ["lifeboat"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CZstd"),
        .systemLibrary(name: "CPostgres"),
        .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
        room("Model", []),
        room("SystemIO", ["Model", "CLinux", system, subprocess]),
        room("Sealing", ["Model", "CZstd", crypto, scrypt]),
        room("ObjectStorage", ["Model", "SystemIO", system, crypto] + http),
        // Generated from format.proto; see CONTRIBUTING.md.
        .target(name: "VaultRecords", dependencies: [protobuf], swiftSettings: strictTests),
        .target(
            name: "Vault",
            dependencies: [
                "Model", "SystemIO", "Sealing", "ObjectStorage", "VaultRecords", protobuf, system,
            ],
            resources: [
                .embedInCode("WayOut/Resources/README.txt"),
                .embedInCode("WayOut/Resources/recover.py"),
                .embedInCode("WayOut/Resources/format.proto"),
            ],
            swiftSettings: strict
        ),
        room("PostgresWire", ["Model", "CPostgres"]),
        room("RedisWire", ["Model"] + nio + nioTLS),
        room("FileTrees", ["Model", "SystemIO", system]),
        room("Services", ["Model", "SystemIO", system] + http),
        room(
            "Protection",
            ["Model", "SystemIO", "Sealing", "Vault", "FileTrees", system]
        ),
        room(
            "PostgresProtection",
            [
                "Model", "SystemIO", "Sealing", "Vault", "FileTrees", "Protection", "PostgresWire",
                system,
            ]
        ),
        room(
            "FileProtection",
            ["Model", "SystemIO", "Sealing", "Vault", "FileTrees", "Protection", system]
        ),
        room(
            "RedisProtection",
            ["Model", "SystemIO", "Sealing", "Vault", "RedisWire", "Protection", system]
        ),
        room("StackConfiguration", ["Model", yams]),
        room("Console", ["Model"]),
        room(
            "Recovery",
            [
                "Model", "SystemIO", "Sealing", "ObjectStorage", "Vault", "Protection",
                "PostgresProtection", "RedisProtection", "RedisWire", "FileProtection",
                "StackConfiguration", "Services", system,
            ]
        ),
        .executableTarget(
            name: "lifeboat",
            dependencies: [
                "Model", "SystemIO", "Sealing", "ObjectStorage", "Vault", "Protection",
                "StackConfiguration", "Recovery", "Console", "CLinux", "PostgresWire", "RedisWire",
                "FileProtection", "Services", system, arguments, signals,
            ],
            swiftSettings: strict
        ),
        room("TestKit", ["Model", "SystemIO", "Sealing", "ObjectStorage", "Vault", system]),
        room(
            "FuzzTargets",
            [
                "Model", "SystemIO", "Sealing", "PostgresWire", "RedisWire", "FileTrees",
                "StackConfiguration",
            ]
        ),
        tests("ModelTests", ["Model", "TestKit"]),
        tests("SystemIOTests", ["SystemIO", "TestKit", "Model", system]),
        tests("SealingTests", ["Sealing", "TestKit", "SystemIO", "Model", system]),
        tests(
            "VaultTests",
            ["Vault", "Sealing", "ObjectStorage", "TestKit", "SystemIO", "Model", system]
        ),
        tests(
            "SimulationTests",
            ["Vault", "Sealing", "ObjectStorage", "TestKit", "Model", system]
        ),
        tests(
            "ConformanceTests",
            ["Vault", "Sealing", "ObjectStorage", "TestKit", "SystemIO", "Model", system]
        ),
        .testTarget(
            name: "GoldenTests",
            dependencies: [
                "Vault", "Sealing", "ObjectStorage", "TestKit", "SystemIO", "Model", system,
            ],
            // Data of earlier versions, read where it lies.
            exclude: ["Vaults"],
            swiftSettings: strictTests
        ),
        tests("ObjectStorageTests", ["ObjectStorage", "TestKit", "SystemIO", "Model", system]),
        tests("PostgresWireTests", ["Model", "PostgresWire", "TestKit"]),
        tests("RedisWireTests", ["Model", "RedisWire", "TestKit", system]),
        tests(
            "RedisProtectionTests",
            [
                "RedisProtection", "Protection", "RedisWire", "Vault", "Sealing", "ObjectStorage",
                "TestKit", "SystemIO", "Model", system,
            ]
        ),
        tests("ServicesTests", ["Services", "TestKit", "SystemIO", "Model", system]),
        tests("FileTreesTests", ["FileTrees", "TestKit", "SystemIO", "Model", system]),
        tests(
            "FileProtectionTests",
            [
                "FileProtection", "Protection", "Vault", "ObjectStorage", "Sealing", "FileTrees",
                "TestKit", "SystemIO", "Model", system,
            ]
        ),
        tests(
            "PostgresProtectionTests",
            [
                "PostgresProtection", "Protection", "PostgresWire", "Vault", "ObjectStorage",
                "Sealing", "TestKit", "SystemIO", "Model", system,
            ]
        ),
        tests("StackConfigurationTests", ["StackConfiguration", "Model"]),
        tests("ConsoleTests", ["Console", "Model"]),
        tests(
            "RecoveryTests",
            [
                "Recovery", "StackConfiguration", "Protection", "Vault", "ObjectStorage",
                "Sealing", "SystemIO", "Model", "TestKit", "lifeboat", system,
            ]
        ),
        tests("DemoTests", ["lifeboat", "TestKit", "SystemIO", "Model", system]),
        .testTarget(
            name: "FuzzTests",
            dependencies: ["FuzzTargets", "SystemIO", "Model", system],
            // Inputs of the fuzz targets, read where they lie.
            exclude: ["Seeds"],
            swiftSettings: strictTests
        ),
        tests("HouseRulesTests", []),
    ],
    swiftLanguageModes: [.v6]
)

// Linked against libFuzzer, which has the main function: only for `Scripts/fuzz`.
if Context.environment["LIFEBOAT_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(name: "fuzz", dependencies: ["FuzzTargets"], swiftSettings: strict)
    )
}
