import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Checks that read a part at a time, and what the vault remembers of them.
@Suite struct RollingCheckTests {
    /// A vault with many objects of every kind that is read byte by byte.
    private struct Scene {
        let store = MemoryStore()
        var fixture: VaultFixture

        init(seed: UInt64 = 31) async throws {
            fixture = try await VaultFixture(in: store, packBytes: 16 << 10)
            var random = SeededGenerator(seed: seed)
            for number in 0..<25 {
                try await fixture.backUp(["file\(number)": random.bytes(8_000)])
            }
            let writer = try fixture.logWriter()
            for number in 0..<5 {
                try await writer.put(
                    LogInput(
                        source: "1",
                        epoch: 1,
                        from: UInt64(number * 1000),
                        bytes: random.bytes(1000),
                        time: fixture.time,
                        heartbeat: nil,
                        facts: ["segment_bytes": "1048576"]
                    )
                )
            }
        }

        /// The names of what is read byte by byte.
        var ring: [String] {
            store.contents.keys.map(\.text).filter {
                $0.hasPrefix("packs/") || $0.hasPrefix("log/") || $0.hasPrefix("snapshots/")
            }
            .sorted()
        }

        /// What was read whole since the calls were forgotten, in order.
        func read() -> [String] {
            var names: [String] = []
            for operation in store.operations {
                let isPack = operation.kind == .read && operation.name.hasPrefix("packs/")
                let isSigned =
                    operation.kind == .get
                    && ["log/", "snapshots/"].contains { operation.name.hasPrefix($0) }
                if isPack || isSigned, names.last != operation.name { names.append(operation.name) }
            }
            return names
        }

        /// Flips a bit of an object.
        func flip(_ name: String) throws {
            var bytes = try #require(store.contents[named(name)])
            bytes[bytes.count / 2] ^= 1
            store.tamper(try named(name), bytes)
        }
    }

    @Test func `budgets walk around the ring, and what was verified longest ago is next`()
        async throws
    {
        let scene = try await Scene()
        let (fixture, store) = (scene.fixture, scene.store)
        let expected = scene.ring
        #expect(expected.count > 50)
        var seen: [String] = []
        var runs = 0
        while seen.count < 2 * expected.count {
            runs += 1
            store.forgetOperations()
            let report = try await fixture.check(at: fixture.time + .seconds(60 * runs)) {
                $0.budget = ByteCount(60_000)
            }
            let small = scene.store.contents.filter { !scene.ring.contains($0.key.text) }
            let rest = Int(report.bytes.bytes) - small.values.reduce(0) { $0 + $1.count }
            #expect(rest <= 60_000)
            #expect(report.damage == [] && !report.isWhole)
            seen += scene.read()
            let history = try await fixture.vault.checkHistory()
            // A run that ends with the last name has not looked behind it yet.
            #expect((history.wholeSince != nil) == (seen.count > expected.count))
        }
        #expect(runs > 10)
        #expect(Array(seen.prefix(expected.count)) == expected)
        #expect(Array(seen.dropFirst(expected.count).prefix(expected.count)) == expected)
    }

    @Test func `a check without a budget reads all from where the last one ended`() async throws {
        let scene = try await Scene()
        let expected = scene.ring
        scene.store.forgetOperations()
        _ = try await scene.fixture.check { $0.budget = ByteCount(150_000) }
        let first = scene.read()
        #expect(!first.isEmpty && first.count < expected.count)
        scene.store.forgetOperations()
        let report = try await scene.fixture.check()
        #expect(report.isWhole)
        #expect(
            scene.read() == Array(expected[first.count...]) + Array(expected[..<first.count])
        )
        #expect(try await scene.fixture.vault.checkHistory().wholeSince == scene.fixture.time)
    }

    @Test func `a check that is killed has not been for nothing`() async throws {
        let scene = try await Scene()
        let expected = scene.ring
        let largest = scene.store.contents.values.map(\.count).max() ?? 0
        let interval = 40_000
        for point in [1, 2, 3, 5] {
            let crashing = CrashStore(scene.store.copy(), crashingAt: point, fate: .lost)
            let doomed = try await scene.fixture.opened(in: crashing)
            await #expect(throws: Fault.self) {
                // The vault does not take the document, so the check is told that it is not remembered; then its store
                // is down.
                _ = try await doomed.check { $0.interval = ByteCount(interval) }
            }
            let survivor = try #require(crashing.store as? MemoryStore)
            let heir = try await scene.fixture.opened(in: survivor)
            survivor.forgetOperations()
            let report = try await heir.check { $0.interval = ByteCount(interval) }
            #expect(report.isWhole && report.damage == [])
            let next = try #require(
                survivor.operations.first {
                    $0.name.hasPrefix("packs/") || $0.name.hasPrefix("log/")
                }
            )
            let skipped = try #require(expected.firstIndex(of: next.name))
            var bytes = 0
            for name in expected[..<skipped] {
                bytes += try #require(scene.store.contents[named(name)]).count
            }
            // One document less than the point of the crash was left.
            #expect(bytes >= (point - 1) * interval, "point \(point)")
            #expect(bytes <= (point - 1) * (interval + largest), "point \(point)")
        }
    }

    @Test func `damage is remembered until the object is verified again`() async throws {
        let scene = try await Scene()
        let fixture = scene.fixture
        let packs = scene.ring.filter { $0.hasPrefix("packs/") }
        let (bad, mended) = (packs[packs.count / 2], packs[packs.count / 3])
        let good = try #require(scene.store.contents[named(mended)])
        try scene.flip(bad)
        try scene.flip(mended)
        let report = try await fixture.check()
        #expect(report.damage.map(\.object) == [mended, bad].sorted())
        #expect(report.history?.open.count == 2)
        // A check of other objects, or of names only, is no word about these.
        scene.store.tamper(try named(mended), good)
        _ = try await fixture.check { $0.budget = ByteCount(1) }
        _ = try await fixture.check { $0.depth = .listing }
        let known = try await fixture.vault.checkHistory()
        #expect(known.open.map(\.object) == [mended, bad].sorted())
        let again = try await fixture.check()
        #expect(again.damage.map(\.object) == [bad])
        #expect(try await fixture.vault.checkHistory().open.map(\.object) == [bad])
    }

    @Test func `what is found among names is remembered until the next look at them`() async throws
    {
        let scene = try await Scene()
        let pack = try #require(scene.ring.first { $0.hasPrefix("packs/") })
        let bytes = scene.store.contents[try named(pack)]
        scene.store.tamper(try named(pack), nil)
        let report = try await scene.fixture.check { $0.depth = .listing }
        #expect(report.damage.map(\.object) == [pack])
        #expect(report.objects < 40)
        #expect(try await scene.fixture.vault.checkHistory().open.map(\.object) == [pack])
        scene.store.tamper(try named(pack), bytes)
        _ = try await scene.fixture.check { $0.depth = .listing }
        #expect(try await scene.fixture.vault.checkHistory().open.isEmpty)
    }

    @Test func `a pack that is stored while the vault is listed is not missing`() async throws {
        let scene = try await Scene()
        let pack = try #require(scene.ring.first { $0.hasPrefix("packs/") })
        let bytes = try #require(scene.store.contents[try named(pack)])
        for late in [bytes, Array(bytes.dropLast())] {
            scene.store.tamper(try named(pack), nil)
            let vault = try await scene.fixture.opened(in: scene.store).vault
            let report = try await VaultCheck(vault).run { _ in
                if let name = try? named(pack) { scene.store.tamper(name, late) }
            }
            #expect(report.damage.map(\.object) == (late == bytes ? [] : [pack]))
        }
    }

    @Test func `very many packs that are missing cost one more listing, not a request each`()
        async throws
    {
        let scene = try await Scene()
        let contents = scene.store.contents.filter { $0.key.text.hasPrefix("packs/") }
        #expect(contents.count > 20)
        for name in contents.keys { scene.store.tamper(name, nil) }
        let vault = try await scene.fixture.opened(in: scene.store).vault
        var request = CheckRequest()
        request.depth = .listing
        scene.store.forgetOperations()
        let report = try await VaultCheck(vault, request).run { _ in }
        #expect(report.damage.map(\.object) == contents.keys.map(\.text).sorted())
        let asked = scene.store.operations.filter { $0.name.hasPrefix("packs/") }
        #expect(asked.count { $0.kind == .status } == 16 && asked.count == 17)
        // Those that are stored while the vault is listed are whole.
        let late = try await VaultCheck(vault, request).run { _ in
            for (name, bytes) in contents { scene.store.tamper(name, bytes) }
        }
        #expect(late.damage == [])
    }

    @Test func `more damage than a document names takes several, and none is forgotten`()
        async throws
    {
        let scene = try await Scene()
        var false_: Set<String> = []
        for number in 0..<2_600 {
            let name = VaultName.pack(Hashing.sha256(Array("\(number)".utf8))).objectName
            scene.store.tamper(name, [1])
            false_.insert(name.text)
        }
        let report = try await scene.fixture.check()
        #expect(report.damage.count == 2_600)
        #expect(report.documents.count > 2)
        let history = try await scene.fixture.vault.checkHistory()
        let open = Set(history.open.map(\.object))
        #expect(open.count == 2_600 && open.isSubset(of: false_))
    }

    @Test func `forged documents are no word, and do not use up the numbers`() async throws {
        let scene = try await Scene()
        let fixture = scene.fixture
        let pack = try #require(scene.ring.first { $0.hasPrefix("packs/") })
        try scene.flip(pack)
        let report = try await fixture.check()
        let name = try named(try #require(report.documents.last))
        let document = try #require(scene.store.contents[name])
        let thief = SigningKey()
        let lie = Forgery.document(document, by: thief) {
            $0.replacing("\"open\":1", with: "\"open\":0")
        }
        #expect(lie != document)
        for number in ["0000000009", "9999999999"] {
            scene.store.tamper(try Forgery.name("checks/\(number)", lie), lie)
        }
        scene.store.tamper(try named("checks/9999999998-0123456789abcdef"), [1])
        let history = try await fixture.vault.checkHistory()
        #expect(history.open.map(\.object) == [pack])
        #expect(history.refused.count == 3)
        let second = try await fixture.check()
        #expect(second.unremembered == nil)
        #expect(Set(second.damage.map(\.object)).count == 4)
        let number = try #require(second.documents.last?.split(separator: "/").last?.prefix(10))
        #expect(try #require(UInt64(number)) < 2_000_000)
    }

    @Test func `a survey counts what was verified since it was stored, and names the damage`()
        async throws
    {
        let scene = try await Scene()
        var fixture = scene.fixture
        let empty = try await VaultSurvey(fixture.vault, needs: [])
        #expect(empty.verified == .zero && empty.history.newest == nil)
        _ = try await fixture.check(at: fixture.time)
        let whole = try await VaultSurvey(fixture.vault, needs: [])
        #expect(whole.verified == whole.bytes && whole.bytes > empty.verified)
        // The store's clock goes on: what comes now was not part of the check.
        scene.store.advance(by: .seconds(1_000_000_000))
        fixture.time = fixture.time + .seconds(1_000_000_000)
        var random = SeededGenerator(seed: 32)
        let snapshot = try await fixture.backUp([
            "new": random.bytes(300_000), "pages/new": random.bytes(300_000),
        ])
        try #require(snapshot.head.packs.count >= 3)
        let partly = try await VaultSurvey(fixture.vault, needs: [snapshot])
        #expect(partly.verified == whole.bytes && partly.bytes > whole.bytes)
        #expect(partly.problems(of: snapshot) == [])
        let packs = snapshot.head.packs.map { VaultName.pack($0.id).objectName }
        try scene.flip(packs[0].text)
        _ = try await fixture.check()
        scene.store.tamper(packs[1], nil)
        scene.store.tamper(packs[2], [1])
        let damaged = try await VaultSurvey(fixture.vault, needs: [snapshot])
        #expect(damaged.problems(of: snapshot).count == 3)
    }

    @Test func `a vault that takes no document is checked all the same`() async throws {
        let scene = try await Scene()
        let denied = Fault(.storeDenied, "unable to store: read-only")
        let store = FaultyStore(scene.store, [.init(.put, number: 1, .fail(denied))])
        let report = try await scene.fixture.opened(in: store).check()
        #expect(report.isWhole && report.unremembered?.code == .storeDenied)
        #expect(report.documents.isEmpty)
        var stranger = CheckRequest()
        stranger.author = .init(
            keys: HostKeys(newFor: "beta"),
            clock: FixedClock(scene.fixture.time)
        )
        let other = try await VaultCheck(scene.fixture.vault, stranger).run { _ in }
        #expect(other.isWhole && other.unremembered?.code == .notEnrolled)
    }

    @Test func `a list out of order is refused, since the ring rests on it`() async throws {
        let scene = try await Scene()
        let store = ShuffledStore(scene.store)
        let opened = try await scene.fixture.opened(in: store)
        #expect(await fault { _ = try await opened.check() }?.code == .storeUnreachable)
    }
}

/// A store that lists its objects backwards.
private struct ShuffledStore: StoreDecorator {
    let store: any ObjectStore

    init(_ store: any ObjectStore) { self.store = store }

    func list(_ prefix: String, _ body: (ObjectInfo) throws(Fault) -> Void) async throws(Fault) {
        var infos: [ObjectInfo] = []
        try await store.list(prefix) { infos.append($0) }
        for info in infos.reversed() { try body(info) }
    }
}
