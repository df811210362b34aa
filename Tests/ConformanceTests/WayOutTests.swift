import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// The Python program that lies in every vault, which shares no code with ours, against our own reader.
@Suite(.ownThreads) struct WayOutTests {
    @Test func `it verifies, lists and restores what we wrote`() async throws {
        let scene = try await WayOutScene()
        var random = SeededGenerator(seed: 81)
        var files = SampleFiles.manyShapes(seed: 81)
        var kept: [(Snapshot, [String: [UInt8]])] = []
        for _ in 0..<3 {
            kept.append((try await scene.fixture.backUp(files), files))
            files["big"]?.insert(1, at: 1_000_000)
            files["pages/mixed"]?[77_777] ^= 1
            files["new/\(random.next())"] = random.text(1_000)
            files["text"] = nil
        }
        for command in ["verify", "list"] {
            let result = try await scene.recover(command)
            #expect(
                result.status == .exited(0),
                "\(String(decoding: result.output, as: UTF8.self))"
            )
        }
        for (snapshot, model) in kept {
            let target = scene.folder.path.appending("out-\(snapshot.head.seq)")
            let result = try await scene.restore("\(snapshot.head.seq)", to: target)
            #expect(result.status == .exited(0), "\(result.errorText)")
            try await scene.compare(target, snapshot, model)
            #expect(try await scene.fixture.restore(snapshot) == model)
        }
    }

    @Test func `it restores the extents of very long entries`() async throws {
        let scene = try await WayOutScene()
        var random = SeededGenerator(seed: 82)
        var bytes: [UInt8] = []
        for index in 0..<9_000 {
            bytes += index.isMultiple(of: 2) ? random.bytes(512) : [UInt8](repeating: 0, count: 512)
        }
        let files = ["pages512/long": bytes]
        let snapshot = try await scene.fixture.backUp(files)
        let target = scene.folder.path.appending("out")
        let result = try await scene.restore("latest", to: target)
        #expect(result.status == .exited(0), "\(result.errorText)")
        try await scene.compare(target, snapshot, files)
    }

    @Test func `it writes the log as segments`() async throws {
        let scene = try await WayOutScene()
        var random = SeededGenerator(seed: 83)
        let log = random.text(2_500_000)
        let writer = try LogWriter(
            scene.fixture.vault,
            keys: scene.fixture.keys,
            stream: scene.fixture.stream,
            kind: .postgresql,
            state: scene.fixture.state.path
        )
        let input = { (range: Range<Int>, epoch: UInt32, bytes: [UInt8]) in
            LogInput(
                source: "7700",
                epoch: epoch,
                from: UInt64(range.lowerBound),
                bytes: bytes,
                time: scene.fixture.time,
                heartbeat: nil,
                facts: ["segment_bytes": "1048576"]
            )
        }
        for range in [0..<1_000_000, 900_000..<1_048_576, 1_048_576..<2_500_000, 10..<20] {
            try await writer.put(input(range, 1, Array(log[range])))
        }
        let history = Array("1\t0/262000\tno recovery target specified\n".utf8)
        try await writer.putHistory(input(0..<1, 2, history))
        #expect(try await scene.recover("verify").status == .exited(0))
        let target = scene.folder.path.appending("wal")
        let result = try await scene.recoverLog(to: target)
        #expect(result.status == .exited(0), "\(result.errorText)")
        var joined: [UInt8] = []
        for number in 0..<3 {
            joined += try DurableFile.read(
                target.appending("00000001000000000000000\(number)"),
                limit: ByteCount(1 << 20)
            )
        }
        #expect(joined == log + [UInt8](repeating: 0, count: (3 << 20) - log.count))
        let text = try DurableFile.read(
            target.appending("00000002.history"),
            limit: ByteCount(1 << 20)
        )
        #expect(text == history)
    }

    @Test func `it finds what our check finds`() async throws {
        let scene = try await WayOutScene()
        try await scene.fixture.backUp(SampleFiles.manyShapes(seed: 84))
        #expect(try await scene.fixture.check().documents.count == 1)
        let vault = scene.folder.path.appending("vault")
        var names: [ObjectName] = []
        try await scene.fixture.vault.store.list("") { names.append($0.name) }
        for name in names where !["README.txt", "recover.py", "format.proto"].contains(name.text) {
            let path = vault.pushing(FilePath(name.text))
            let bytes = try DurableFile.read(path, limit: ByteCount(1 << 30))
            var broken = bytes
            broken[bytes.count / 3] ^= 4
            try DurableFile.replace(path, with: broken, mode: 0o600)
            let result = try await scene.recover("verify")
            // A vault whose own document is damaged is not looked into further; that is said as an error.
            let text = String(decoding: result.output, as: UTF8.self) + result.errorText
            #expect(result.status == .exited(5), "\(name)")
            #expect(
                text.contains("BAD  \(name)")
                    || name.text == "format.json" && text.contains(name.text),
                "\(name): \(text)"
            )
            try DurableFile.replace(path, with: bytes, mode: 0o600)
        }
        let whole = try await scene.recover("verify")
        #expect(whole.status == .exited(0))
        #expect(!String(decoding: whole.output, as: UTF8.self).contains("foreign"))
    }

    private static let words = "gannet lantern 47 überfall oar"

    /// Runs a restore with an identity that a passphrase protects.
    private func restore(
        _ scene: WayOutScene,
        _ target: FilePath,
        identity: [UInt8],
        words: String
    ) async throws -> Command.Result {
        let folder = scene.folder.path
        let (file, line) = (folder.appending("identity"), folder.appending("words"))
        try DurableFile.replace(file, with: identity, mode: 0o600)
        try DurableFile.replace(line, with: Array("\(words)\n".utf8), mode: 0o600)
        return try await scene.recover(
            "restore",
            "alpha.shop.data",
            "latest",
            target.string,
            "--identity",
            file.string,
            "--passphrase-file",
            line.string
        )
    }

    @Test func `it opens identities that a passphrase protects, ours and those of age`()
        async throws
    {
        let scene = try await WayOutScene()
        let files = ["a": [1, 2, 3] as [UInt8]]
        let snapshot = try await scene.fixture.backUp(files)
        let plain = Array("# me\n\(scene.fixture.identity.secretText)\n".utf8)
        let ours = try AgeFile.seal(plain, with: Passphrase(line: Array(Self.words.utf8)))
        let age = try ExternalAge()
        let theirs = try await age.seal(plain, passphrase: Self.words)
        let armour = try await age.seal(plain, passphrase: Self.words, isArmoured: true)
        let kit = "# kit\r\n" + AgeArmor.encode(ours).replacing("\n", with: "\r\n") + "# end\r\n"
        for (number, file) in [ours, theirs, armour, Array(kit.utf8)].enumerated() {
            let target = scene.folder.path.appending("out-\(number)")
            let wrong = try await restore(scene, target, identity: file, words: Self.words + "s")
            #expect(wrong.status == .exited(12))
            let done = try await restore(scene, target, identity: file, words: Self.words)
            #expect(done.status == .exited(0), "\(number): \(done.errorText)")
            try await scene.compare(target, snapshot, files)
        }
        // What asks for a terabyte of memory is refused, not computed.
        var greedy = ours
        let place = try #require(ours.firstRange(of: Array(" 17\n".utf8)))
        greedy.replaceSubrange(place, with: Array(" 30\n".utf8))
        let target = scene.folder.path.appending("greedy")
        let refused = try await restore(scene, target, identity: greedy, words: Self.words)
        #expect(refused.status == .exited(12))
    }

    @Test func `it asks for the passphrase at a terminal and does not show it`() async throws {
        let scene = try await WayOutScene()
        let files = ["a": [1, 2, 3] as [UInt8]]
        let snapshot = try await scene.fixture.backUp(files)
        let plain = Array(scene.fixture.identity.secretText.utf8)
        let sealed = try AgeFile.seal(plain, with: Passphrase(line: Array(Self.words.utf8)))
        let identity = scene.folder.path.appending("identity")
        try DurableFile.create(identity, with: sealed, mode: 0o600)
        let typed = try await TypedProgram.run(
            "/usr/bin/python3",
            ["recover.py", ".", "restore", "alpha.shop.data", "latest", "../typed"]
                + ["--identity", identity.string],
            in: scene.folder.path.appending("vault"),
            answers: [("passphrase", Self.words)]
        )
        #expect(typed.code == 0, "\(typed.screen)")
        #expect(!typed.screen.contains(Self.words))
        try await scene.compare(scene.folder.path.appending("typed"), snapshot, files)
    }

    @Test func `it knows every folder of documents`() async throws {
        let scene = try await WayOutScene()
        let fixture = scene.fixture
        for folder in DocumentFolder.allCases {
            let name = try await fixture.vault.publish(
                ["note": "for the test"],
                in: folder,
                keys: fixture.keys,
                at: fixture.time
            )
            let good = try await scene.recover("verify")
            #expect(good.status == .exited(0), "\(name)")
            #expect(!String(decoding: good.output, as: UTF8.self).contains("foreign"), "\(name)")
            let path = scene.folder.path.appending("vault").pushing(FilePath(name.text))
            let bytes = try DurableFile.read(path, limit: ByteCount(1 << 20))
            var broken = bytes
            broken[20] ^= 1
            try DurableFile.replace(path, with: broken, mode: 0o600)
            #expect(try await scene.recover("verify").status == .exited(5), "\(name)")
            try DurableFile.replace(path, with: bytes, mode: 0o600)
        }
    }

    @Test func `what somebody puts beside it is not run`() async throws {
        let scene = try await WayOutScene()
        let snapshot = try await scene.fixture.backUp(SampleFiles.manyShapes(seed: 3))
        let vault = scene.folder.path.appending("vault")
        let trap = scene.folder.path.appending("trap")
        for name in ["argparse", "zstandard", "sys", "os", "re"] {
            let text = "open('\(trap.string)', 'w').write('\(name)')\n"
            try DurableFile.create(
                vault.appending("\(name).py"),
                with: Array(text.utf8),
                mode: 0o644
            )
        }
        let target = scene.folder.path.appending("out")
        let result = try await scene.restore("\(snapshot.head.seq)", to: target)
        #expect(result.status == .exited(0), "\(result.errorText)")
        #expect(try FileSystem.status(trap) == nil)
    }

    @Test func `it refuses another key and another vault`() async throws {
        let scene = try await WayOutScene()
        try await scene.fixture.backUp(["a": [1]])
        let wrong = scene.folder.path.appending("wrong.txt")
        for identity in [AgeIdentity(), scene.fixture.keys.identity] {
            try DurableFile.replace(wrong, with: Array(identity.secretText.utf8), mode: 0o600)
            let target = scene.folder.path.appending(FileName.temporary())
            let result = try await scene.restore("latest", to: target, wrong)
            #expect(result.status == .exited(12))
        }
        let other = Command(
            "/usr/bin/python3",
            arguments: ["recover.py", ".", "verify", "--vault-id", "\(Hashing.sha256([1]))"],
            workingDirectory: scene.folder.path.appending("vault")
        )
        #expect(try await other.run(outputLimit: 1 << 20).status == .exited(5))
    }

    @Test func `it reads what a collection left`() async throws {
        let scene = try await WayOutScene()
        var random = SeededGenerator(seed: 85)
        var kept: [(Snapshot, [String: [UInt8]])] = []
        for _ in 0..<4 {
            let files = ["a": random.bytes(300_000), "same": [1, 2, 3], "b": random.text(9_000)]
            kept.append((try await scene.fixture.backUp(files), files))
        }
        let clock = SimulatedClock(SystemClock().now())
        try await scene.fixture.vault.hold(
            kept[0].0.id,
            reason: "audit",
            until: nil,
            keys: scene.fixture.keys,
            at: clock.now()
        )
        for _ in 0..<2 {
            _ = try await Collector(
                scene.fixture.vault,
                keys: scene.fixture.keys,
                rules: [scene.fixture.stream: RetentionRule(keep: KeepPolicy(last: 1))],
                clock: clock
            ).run()
            let vault = scene.folder.path.appending("vault").string
            _ = try await Command(
                "find",
                arguments: [vault, "-type", "f", "-exec", "touch", "-d", "2 days ago", "{}", "+"]
            ).runSuccessfully(outputLimit: 1 << 16)
            clock.advance(by: .seconds(2 * 86_400))
        }
        let verified = try await scene.recover("verify")
        let text = String(decoding: verified.output, as: UTF8.self)
        #expect(verified.status == .exited(0) && !text.contains("foreign"), "\(text)")
        #expect(try await scene.fixture.vault.snapshots().snapshots.map(\.id.seq) == [1, 4])
        for (snapshot, model) in [kept[0], kept[3]] {
            let target = scene.folder.path.appending("out-\(snapshot.head.seq)")
            let result = try await scene.restore("\(snapshot.head.seq)", to: target)
            #expect(result.status == .exited(0), "\(result.errorText)")
            try await scene.compare(target, snapshot, model)
        }
    }
}
