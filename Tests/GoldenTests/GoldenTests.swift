import Foundation
import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// Vaults that earlier versions wrote: they can be read for ever.
@Suite(.ownThreads) struct GoldenTests {
    /// Where `Scripts/golden` wants a new one; a scratch folder otherwise.
    private static let wanted = ProcessInfo.processInfo.environment["LIFEBOAT_GOLDEN_VAULT"]

    @Test func `there are golden vaults`() {
        #expect(GoldenVault.committed.map(\.description).contains("format-1-0.1.0"))
    }

    @Test(arguments: GoldenVault.committed.indices)
    func `it gives back every byte`(index: Int) async throws {
        try await prove(GoldenVault.committed[index])
    }

    @Test func `a vault written today holds what a golden one must`() async throws {
        let scratch = try ScratchFolder()
        try await prove(.write(into: Self.wanted.map { FilePath($0) } ?? scratch.path))
    }

    @Test(arguments: GoldenVault.committed.indices)
    func `recover.py gives back every byte, the one of then and the one of today`(
        index: Int
    ) async throws {
        let golden = GoldenVault.committed[index]
        let scratch = try ScratchFolder()
        let kit = scratch.path.appending("identity")
        try DurableFile.create(kit, with: Array(golden.keys().identity.utf8) + [10], mode: 0o600)
        let today = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("Sources/Vault/WayOut/Resources/recover.py")
        for (name, program) in [
            ("then", golden.vaultFolder.appending("recover.py")), ("today", today),
        ] {
            for (snapshot, files) in try golden.expectation().snapshots {
                let seq = try #require(Int(snapshot.split(separator: "/")[2].prefix(10)))
                let target = scratch.path.appending("\(name)-\(seq)")
                let result = try await Command(
                    "/usr/bin/python3",
                    arguments: [
                        program.string, golden.vaultFolder.string, "restore", "alpha.shop.data",
                        "\(seq)", target.string, "--identity", kit.string,
                    ]
                ).run(outputLimit: 1 << 20)
                #expect(result.status == .exited(0), "\(result.errorText)")
                for (path, digest) in files {
                    let bytes = try DurableFile.read(
                        target.pushing(FilePath(path)),
                        limit: ByteCount(1 << 20)
                    )
                    #expect("\(Hashing.sha256(bytes))" == digest, "\(name) \(path)")
                }
            }
        }
    }

    @Test(arguments: GoldenVault.committed.indices)
    func `a backup goes on in it`(index: Int) async throws {
        let golden = GoldenVault.committed[index]
        let scratch = try ScratchFolder()
        let place = scratch.path.appending("vault")
        try FileManager.default.copyItem(
            atPath: golden.vaultFolder.string,
            toPath: place.string
        )
        let fixture = try await fixture(golden, place)
        let before = try await fixture.vault.newest(of: fixture.stream)
        let last = try #require(before.heads.first)
        let files = try await fixture.restore(last)
        let next = try await fixture.backUp(files)
        #expect(next.head.seq == last.head.seq + 1)
        // Everything but the manifest is stored already.
        #expect(next.head.sizes.added < 5_000)
        #expect(try await fixture.restore(next) == files)
    }

    @Test(arguments: GoldenVault.committed.indices)
    func `its way out is known, copies go without it, and today's takes its place`(
        index: Int
    ) async throws {
        let golden = GoldenVault.committed[index]
        let scratch = try ScratchFolder()
        let place = scratch.path.appending("vault")
        try FileManager.default.copyItem(
            atPath: golden.vaultFolder.string,
            toPath: place.string
        )
        let vault = try await fixture(golden, place).vault
        let recover = place.appending("recover.py")
        let then = try DurableFile.read(recover, limit: ByteCount(1 << 20))
        let copy = try await vault.makeCopy(in: MemoryStore())
        #expect(await Replication(from: vault, to: copy).run { _ in }.isComplete)
        #expect(try await VaultCheck(copy).run { _ in }.damage == [])
        try await vault.renewWayOut()
        for (name, bytes) in WayOut.files {
            let present = try DurableFile.read(place.appending(name), limit: ByteCount(1 << 20))
            #expect(present == bytes, "\(name)")
        }
        #expect(try await VaultCheck(vault).run { _ in }.damage == [])
        // What no release shipped is damage, and stays until it is repaired.
        let changed = then.dropLast() + [then.last == 10 ? 32 : 10]
        try DurableFile.replace(recover, with: Array(changed), mode: 0o600)
        let fault = await #expect(throws: Fault.self) { try await vault.renewWayOut() }
        #expect(fault?.code == .damaged)
        #expect(try DurableFile.read(recover, limit: ByteCount(1 << 20)) == Array(changed))
        #expect(try await VaultCheck(vault).run { _ in }.damage.map(\.object) == ["recover.py"])
        // A place where an earlier release began to make a copy.
        let begun = MemoryStore()
        try await begun.put(try #require(ObjectName("recover.py")), then)
        let whole = try await vault.makeCopy(in: begun)
        #expect(try await VaultCheck(whole).run { _ in }.damage == [])
    }

    private func fixture(_ golden: GoldenVault, _ place: FilePath) async throws -> VaultFixture {
        let keys = try golden.keys()
        let key = try keys.operatorSigningKey()
        return try VaultFixture(
            opening: try await Vault.open(
                DirectoryStore(root: place),
                expecting: key.verifyKey.digest
            ),
            stream: try #require(
                StreamName(host: keys.host, stack: "shop", component: "data")
            ),
            operator: key,
            identity: try AgeIdentity(secretText: keys.identity),
            keys: try keys.hostKeys()
        )
    }

    private func prove(_ golden: GoldenVault) async throws {
        let expected = try golden.expectation()
        let fixture = try await fixture(golden, golden.vaultFolder)
        let report = try await VaultCheck(fixture.vault, .deep([fixture.identity])).run { _ in }
        // The way out of an earlier release is no damage.
        #expect(report.damage == [])
        let list = try await fixture.vault.snapshots()
        #expect(list.refused.isEmpty)
        #expect(Set(list.snapshots.map { "\($0.id)" }) == Set(expected.snapshots.keys))
        for snapshot in list.snapshots {
            let files = try await fixture.restore(snapshot)
            #expect(
                files.mapValues { "\(Hashing.sha256($0))" } == expected.snapshots["\(snapshot.id)"]
            )
        }
        let log = try await fixture.readLog(to: expected.logEnd)
        #expect("\(Hashing.sha256(log))" == expected.log)
        #expect(try await fixture.vault.documentCounts() == expected.documents)
        let held = try await fixture.vault.holds(at: fixture.time)
        #expect(held.keys.map { "\($0)" } == [expected.held])
    }
}
