import Foundation
import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Vault

/// A small vault in a folder, with its keys and what it must give back.
///
/// ```
/// vault/          the vault, as a directory store holds it
/// keys.json       see ``GoldenKeys``
/// expected.json   see ``GoldenExpectation``
/// ```
struct GoldenVault: CustomStringConvertible {
    let folder: FilePath

    var description: String { folder.lastComponent?.string ?? "" }
    var vaultFolder: FilePath { folder.appending("vault") }

    /// The golden vaults of every format that was ever released, oldest first.
    static var committed: [GoldenVault] {
        let vaults = FilePath(#filePath).removingLastComponent().appending("Vaults")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: vaults.string)) ?? []
        return names.sorted().map { GoldenVault(folder: vaults.appending($0)) }
    }

    func keys() throws -> GoldenKeys { try read("keys.json") }

    func expectation() throws -> GoldenExpectation { try read("expected.json") }

    private func read<Value: Decodable>(_ name: String) throws -> Value {
        let bytes = try DurableFile.read(folder.appending(name), limit: ByteCount(1 << 20))
        return try JSONDecoder().decode(Value.self, from: Data(bytes))
    }

    /// Writes a vault with everything that the format knows into an empty folder.
    static func write(into folder: FilePath) async throws -> GoldenVault {
        let golden = GoldenVault(folder: folder)
        try FileSystem.makeDirectories(golden.vaultFolder, mode: 0o700)
        let fixture = try await VaultFixture(
            in: DirectoryStore(root: golden.vaultFolder),
            others: [AgeIdentity().recipient],
            packBytes: 1 << 20
        )
        var expected = GoldenExpectation()
        var random = SeededGenerator(seed: 91)
        var files = sample(&random)
        for round in 0..<3 {
            let snapshot = try await fixture.backUp(files)
            if round == 0 { expected.held = "\(snapshot.id)" }
            expected.snapshots["\(snapshot.id)"] = files.mapValues(digest)
            files["pages/table"]?[8_192 * round + 5] ^= 1
            files["log \(round)\n"] = random.text(700)
        }
        let log = random.text(9_000)
        try await fixture.writeLog(log, at: [0, 3_000, 9_000])
        try await fixture.writeLog(log, at: [0, 9_000])
        (expected.logEnd, expected.log) = (log.count, digest(log))
        try await fixture.addDocuments(&expected)
        let keys = GoldenKeys(
            operator: fixture.operatorKey,
            identity: fixture.identity,
            host: fixture.keys
        )
        try golden.write("keys.json", keys)
        try golden.write("expected.json", expected)
        return golden
    }

    private func write(_ name: String, _ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = Array(try encoder.encode(value)) + [10]
        try DurableFile.create(folder.appending(name), with: bytes, mode: 0o644)
    }

    private static func digest(_ bytes: [UInt8]) -> String { "\(Hashing.sha256(bytes))" }

    /// Files of every shape: chunked, page-mapped with two page sizes, with holes, empty, with odd names.
    private static func sample(_ random: inout SeededGenerator) -> [String: [UInt8]] {
        [
            "empty": [],
            "folder/имя": random.text(3_000),
            "noise": random.bytes(2_000),
            "pages/table": random.text(3 * 8_192),
            "pages512/index": random.bytes(1_024) + [UInt8](repeating: 0, count: 2_048),
            "sparse/file": random.text(4_096) + [UInt8](repeating: 0, count: 40_960) + [7],
        ]
    }
}
