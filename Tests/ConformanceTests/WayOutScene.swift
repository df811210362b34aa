import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A vault with the Python program in it, and a kit that holds its identity.
struct WayOutScene {
    let folder: ScratchFolder
    let fixture: VaultFixture
    let kit: FilePath

    init() async throws {
        folder = try ScratchFolder()
        try FileSystem.makeDirectories(folder.path.appending("vault"), mode: 0o700)
        let store = DirectoryStore(root: folder.path.appending("vault"))
        fixture = try await VaultFixture(in: store)
        kit = folder.path.appending("kit.txt")
        let text = "The kit\n\n  \(fixture.identity.secretText)\n"
        try DurableFile.create(kit, with: Array(text.utf8), mode: 0o600)
    }

    /// Runs the program that lies in the vault, from the vault's folder.
    func recover(_ arguments: String...) async throws -> Command.Result {
        let vault = folder.path.appending("vault")
        let command = Command(
            "/usr/bin/python3",
            arguments: ["recover.py", "."] + arguments + ["--vault-id", "\(fixture.vault.id)"],
            workingDirectory: vault
        )
        return try await command.run(outputLimit: 1 << 20)
    }

    /// Writes the log of the fixture's stream into a folder.
    func recoverLog(to target: FilePath) async throws -> Command.Result {
        try await recover("wal", "alpha.shop.data", target.string, "--identity", kit.string)
    }

    /// Restores a snapshot of the fixture's stream into a folder with it; by the kit, unless another file is named.
    func restore(_ which: String, to target: FilePath, _ identity: FilePath? = nil)
        async throws -> Command.Result
    {
        try await recover(
            "restore",
            "alpha.shop.data",
            which,
            target.string,
            "--identity",
            (identity ?? kit).string
        )
    }

    /// Compares a restored folder with a snapshot: every path, its bytes, its mode, its time.
    func compare(_ target: FilePath, _ snapshot: Snapshot, _ files: [String: [UInt8]])
        async throws
    {
        let entries = try await fixture.entries(of: snapshot)
        for entry in entries {
            let path = target.pushing(FilePath(entry.displayedPath))
            let status = try #require(try FileSystem.status(path), "\(entry.displayedPath)")
            #expect(status.mode == entry.mode, "\(entry.displayedPath)")
            #expect(status.modified == entry.modified, "\(entry.displayedPath)")
            guard entry.kind == .file else { continue }
            let bytes = try DurableFile.read(path, limit: ByteCount(1 << 30))
            #expect(bytes == files[entry.displayedPath], "\(entry.displayedPath)")
        }
        #expect(try count(target) == entries.count)
    }

    private func count(_ folder: FilePath) throws -> Int {
        var count = 0
        for name in try Directory.open(folder).names() {
            let path = folder.appending(name)
            count += 1
            if try FileSystem.status(path)?.kind == .directory { count += try self.count(path) }
        }
        return count
    }
}
