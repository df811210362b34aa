import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// What the Python program makes of keys that the operator revoked, against our own reader.
@Suite(.ownThreads) struct RevokedWayOutTests {
    private let folder: ScratchFolder
    private let thief: VaultFixture
    private let vault: FilePath
    private let kit: FilePath

    init() async throws {
        folder = try ScratchFolder()
        vault = folder.path.appending("vault")
        try FileSystem.makeDirectories(vault, mode: 0o700)
        thief = try await VaultFixture(in: DirectoryStore(root: vault))
        kit = folder.path.appending("kit.txt")
        let text = Array("\(thief.identity.secretText)\n".utf8)
        try DurableFile.create(kit, with: text, mode: 0o600)
    }

    private func recover(_ arguments: [String]) async throws -> (code: Int32?, text: String) {
        let result = try await Command(
            "/usr/bin/python3",
            arguments: ["recover.py", "."] + arguments + ["--vault-id", "\(thief.vault.id)"],
            workingDirectory: vault
        ).run(outputLimit: 1 << 20)
        guard case .exited(let code) = result.status else { return (nil, result.errorText) }
        return (code, String(decoding: result.output, as: UTF8.self) + result.errorText)
    }

    /// The objects that the program calls bad.
    private func bad(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "\n").filter { $0.hasPrefix("BAD  ") }.compactMap {
                $0.dropFirst(5).split(separator: ":").first.map { String($0) }
            }
        )
    }

    private func restore(
        _ number: String,
        _ flags: [String] = []
    ) async throws -> (code: Int32?, files: String?) {
        let target = folder.path.appending(FileName.temporary())
        let ending = try await recover(
            ["restore", "alpha.shop.data", number, target.string, "--identity", kit.string] + flags
        )
        guard ending.code == 0 else { return (ending.code, nil) }
        let bytes = try DurableFile.read(target.appending("a"), limit: ByteCount(100))
        return (ending.code, String(decoding: bytes, as: UTF8.self))
    }

    /// The bytes of the log as the program writes them, and how it ended.
    private func log(_ flags: [String] = []) async throws -> (code: Int32?, bytes: [UInt8]) {
        let target = folder.path.appending(FileName.temporary())
        let ending = try await recover(
            ["wal", "alpha.shop.data", target.string, "--identity", kit.string] + flags
        )
        let segment = target.appending("000000010000000000000000")
        return (ending.code, try DurableFile.read(segment, limit: ByteCount(1 << 20)))
    }

    @Test func `both trust the same objects before, after and with new keys`() async throws {
        try await thief.backUp(["a": Array("one".utf8)])
        try await thief.backUp(["a": Array("two".utf8)])
        try await thief.writeLog([UInt8](repeating: 1, count: 2_000), at: [0, 1_000])
        var before = CheckRequest()
        before.author = CheckRequest.Author(keys: thief.keys, clock: FixedClock(thief.time))
        _ = try await VaultCheck(thief.vault, before).run { _ in }
        let owner = try await thief.revokingKey()
        #expect(try await recover(["verify"]).code == 0)
        try await thief.backUp(["a": Array("false".utf8)])
        try await thief.writeLog([UInt8](repeating: 2, count: 2_000), at: [500, 1_500])
        _ = try await VaultCheck(thief.vault, before).run { _ in }

        for isRenewed in [false, true] {
            if isRenewed {
                let renewed = try await owner.withNewKeys()
                try await renewed.backUp(["a": Array("new".utf8)])
            }
            let vault = try await Vault.open(thief.vault.store, expecting: thief.vault.id)
            let report = try await VaultCheck(vault).run { _ in }
            let verified = try await recover(["verify"])
            #expect(verified.code == 5)
            let distrusted = Set(report.distrusted.map(\.object))
            #expect(bad(verified.text) == distrusted, "\(verified.text)")
            #expect(report.distrusted.count == 3 && report.damage == [])
            let list = try await recover(["list"])
            #expect(list.code == 5 && bad(list.text).count == 2, "\(list.text)")
            #expect(try await restore("2").files == "two")
            #expect(try await restore("3").code == 5)
            #expect(try await restore("3", ["--with-revoked"]).files == "false")
            let trusted = try await log()
            #expect(trusted.code == 5)
            let right: [UInt8] = [UInt8](repeating: 1, count: 1_000) + [0]
            #expect(Array(trusted.bytes.prefix(1_001)) == right)
            #expect(try await recover(["verify", "--with-revoked"]).code == 0)
        }
        #expect(try await restore("latest").files == "new")
        // Without the revocation the new enrolment still says that the key is revoked.
        let hosts = vault.appending("hosts/alpha")
        for name in try Directory.open(hosts).names() where name.description.hasPrefix("revoked-") {
            try FileSystem.removeFile(hosts.appending(name))
        }
        let opened = try await Vault.open(thief.vault.store, expecting: thief.vault.id)
        let list = try await recover(["list"])
        #expect(try await opened.snapshots().snapshots.map(\.id.seq) == [4])
        #expect(bad(list.text).count == 5, "\(list.text)")
    }

    @Test func `both take the earliest moment, and what is listed under it together`() async throws
    {
        let first = try await thief.backUp(["a": [1]])
        try await thief.backUp(["a": [2]])
        let path = vault.pushing(FilePath("\(first.id)"))
        _ = try await Command("touch", arguments: ["-d", "10 days ago", path.string])
            .runSuccessfully(outputLimit: 100)
        let now = SystemClock().now()
        var expected: [UInt64] = [1, 2]
        for days in [0, 5, 2, 20] as [Int64] {
            // A fraction of a second more or less must not be lost on either.
            let moment = now - .seconds(days * 86_400) - .nanoseconds(days * 100_000_001)
            var opened = try await thief.opened(in: thief.vault.store)
            opened.time = now
            let owner = try await opened.revokingKey(
                again: days > 0,
                since: days == 0 ? nil : moment
            )
            if days == 5 { expected = [1] }
            if days == 20 { expected = [] }
            #expect(try await owner.vault.snapshots().snapshots.map(\.id.seq) == expected)
            #expect(bad(try await recover(["list"]).text).count == 2 - expected.count)
        }
    }

    @Test func `both refuse what bears the hash of an object that counts`() async throws {
        let good = try await thief.backUp(["a": Array("one".utf8)])
        let owner = try await thief.revokingKey()
        let false_ = try await thief.backUp(["a": Array("false".utf8)])
        let name = "snapshots/alpha.shop.data/0000000002-\(good.id.short)"
        try FileSystem.rename(
            vault.pushing(FilePath("\(false_.id)")),
            to: vault.pushing(FilePath(name))
        )
        #expect(try await owner.vault.snapshots().snapshots.map(\.id) == [good.id])
        let list = try await recover(["list"])
        #expect(list.code == 5 && bad(list.text) == [name], "\(list.text)")
        #expect(try await restore("latest").files == nil)
        #expect(try await restore("1").files == "one")
    }

    @Test func `both find a document that was stored once more under another number`() async throws
    {
        let name = try await thief.vault.publish(
            ["note": "for the test"],
            in: .reports,
            keys: thief.keys,
            at: thief.time
        )
        let bytes = try await thief.vault.store.get(name, limit: 1 << 20)
        let again = try #require(ObjectName(name.text.replacing("0000000001", with: "0000000007")))
        #expect(try await recover(["verify"]).code == 0)
        try await thief.vault.store.put(again, bytes)
        let report = try await VaultCheck(thief.vault).run { _ in }
        #expect(report.damage == [] && report.distrusted.map(\.object) == [again.text])
        #expect(bad(try await recover(["verify"]).text) == [again.text])
    }
}
