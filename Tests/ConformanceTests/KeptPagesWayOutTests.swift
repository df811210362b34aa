import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Snapshots that took pages over without reading them are like any other to the Python program.
@Suite struct KeptPagesWayOutTests {
    private let page = 8_192

    @Test func `it verifies and restores a snapshot of kept and written pages`() async throws {
        var random = SeededGenerator(seed: 91)
        let folder = try ScratchFolder()
        let vault = folder.path.appending("vault")
        try FileSystem.makeDirectories(vault, mode: 0o700)
        let fixture = try await VaultFixture(in: DirectoryStore(root: vault))
        let kit = folder.path.appending("kit.txt")
        let secret = Array("\(fixture.identity.secretText)\n".utf8)
        try DurableFile.create(kit, with: secret, mode: 0o600)
        var bytes = random.bytes(30 * page) + [UInt8](repeating: 0, count: 4 * page)
        try await fixture.backUp(["pages/a": bytes])
        for number in stride(from: 0, to: 34, by: 5) {
            bytes.replaceSubrange(number * page..<(number + 1) * page, with: random.bytes(page))
        }
        let model = bytes
        let time = fixture.time
        let path = Array("a".utf8)
        _ = try await fixture.vault.backUp(fixture.request, keys: fixture.keys) {
            session async throws(Fault) in
            guard let prior = session.remembered(Array("pages/a".utf8)) else {
                throw Fault(.invalidValue, "unable to go on: the file is not remembered")
            }
            let writer = session.pages(pageBytes: page)
            for number in 0..<34 {
                if number % 5 == 0 {
                    try await writer.write(model[number * page..<(number + 1) * page])
                } else {
                    try writer.keep(number..<number + 1, of: prior)
                }
            }
            let content = try await writer.finish()
            try session.add(ManifestEntry(path: path, kind: .file, mode: 0o600), content: content)
            return BackupDraft(time: time)
        }
        let target = folder.path.appending("out")
        for arguments in [
            ["verify"],
            ["restore", "alpha.shop.data", "2", target.string, "--identity", kit.string],
        ] {
            let result = try await Command(
                "/usr/bin/python3",
                arguments: ["recover.py", "."] + arguments + ["--vault-id", "\(fixture.vault.id)"],
                workingDirectory: vault
            ).run(outputLimit: 1 << 20)
            #expect(result.status == .exited(0), "\(arguments[0]): \(result.errorText)")
        }
        #expect(
            try DurableFile.read(target.appending("a"), limit: ByteCount(1 << 20)) == model
        )
    }
}
