import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct TrustTests {
    private static let files = ["a": [1, 2, 3] as [UInt8], "pages/b": [4]]

    @Test func `the host's own identity reads manifests and no content`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        let snapshot = try await fixture.backUp(Self.files)
        let host = [fixture.keys.identity]
        #expect(try await fixture.entries(of: snapshot, identities: host).count == 3)
        let refusal = await fault { _ = try await fixture.restore(snapshot, identities: host) }
        #expect(refusal?.code == .wrongKey)
        let reader = try ContentReader(fixture.vault, snapshot: snapshot, identities: host)
        let entry = try #require(try await fixture.entries(of: snapshot).first)
        #expect(await fault { try await reader.read(entry) { _ in } }?.code == .wrongKey)
        #expect(
            await fault { _ = try await VaultCheck(fixture.vault, .deep(host)).run { _ in } }?
                .code
                == .wrongKey
        )
        #expect(
            await fault {
                _ = try await fixture.entries(of: snapshot, identities: [AgeIdentity()])
            }?
            .code == .wrongKey
        )
    }

    @Test func `every recipient alone suffices`() async throws {
        let others = [AgeIdentity(), AgeIdentity()]
        let fixture = try await VaultFixture(in: MemoryStore(), others: others.map(\.recipient))
        let snapshot = try await fixture.backUp(Self.files)
        for identity in others + [fixture.identity] {
            #expect(try await fixture.restore(snapshot, identities: [identity]) == Self.files)
        }
    }

    @Test func `a new enrolment changes the recipients from then on`() async throws {
        var fixture = try await VaultFixture(in: MemoryStore())
        let first = try await fixture.backUp(Self.files)
        let other = AgeIdentity()
        fixture.vault = try await fixture.vault.enrol(
            fixture.keys,
            recipients: [other.recipient],
            operator: fixture.operatorKey,
            at: fixture.time
        )
        #expect(fixture.vault.enrolment(of: "alpha")?.number == 2)
        var files = Self.files
        files["new"] = [9]
        let second = try await fixture.backUp(files)
        #expect(try await fixture.restore(first) == Self.files)
        #expect(
            await fault {
                _ = try await fixture.entries(of: second, identities: [fixture.identity])
            }?
            .code == .wrongKey
        )
        // What was stored for the first recipient only stays so; the second needs nothing of it.
        #expect(try await fixture.restore(second, identities: [other]) == files)
        let packs = Set(first.head.packs.map(\.id))
        #expect(packs.isDisjoint(with: second.head.packs.map(\.id)))
    }

    @Test(arguments: [false, true])
    func `each recipient in force alone opens the newest snapshot, a removed one nothing of it`(
        isForgetting: Bool
    ) async throws {
        let all = (0..<4).map { _ in AgeIdentity() }
        var fixture = try await VaultFixture(in: MemoryStore())
        var files = SampleFiles.manyShapes(seed: 91)
        try await fixture.backUp(files)
        for (number, chosen) in [[0, 1], [1, 0], [1, 2], [2], [2, 3, 0]].enumerated() {
            if isForgetting { try fixture.forgetState() }
            let before = try #require(
                try await fixture.vault.newest(of: fixture.stream).heads.first
            )
            fixture.vault = try await fixture.vault.enrol(
                fixture.keys,
                recipients: chosen.map { all[$0].recipient },
                operator: fixture.operatorKey,
                at: fixture.time
            )
            files["new"] = [UInt8(number)]
            let snapshot = try await fixture.backUp(files)
            for (index, identity) in all.enumerated() {
                guard chosen.contains(index) else {
                    let refusal = await fault {
                        _ = try await fixture.restore(snapshot, identities: [identity])
                    }
                    #expect(refusal?.code == .wrongKey)
                    continue
                }
                #expect(try await fixture.restore(snapshot, identities: [identity]) == files)
            }
            // The same recipients in another order are no change, and cost nothing.
            let shared = Set(before.head.packs.map(\.id))
                .intersection(snapshot.head.packs.map(\.id))
            #expect(shared.isEmpty == (number != 1))
            // From then on only what is new is stored again.
            files["newer"] = [UInt8(number)]
            let next = try await fixture.backUp(files)
            #expect(next.head.sizes.added * 10 < snapshot.head.sizes.source)
            #expect(try await fixture.restore(next, identities: [all[chosen[0]]]) == files)
        }
    }

    @Test func `a host with new keys continues its stream`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let first = try await fixture.backUp(Self.files)
        let keys = HostKeys(newFor: "alpha")
        let vault = try await fixture.vault.enrol(
            keys,
            recipients: [fixture.identity.recipient],
            operator: fixture.operatorKey,
            at: fixture.time
        )
        for isForgetting in [false, true] {
            if isForgetting { try fixture.forgetState() }
            let next = try await vault.backUp(fixture.request, keys: keys) {
                (session) async throws(Fault) in
                #expect(
                    try await session.previousManifest() == nil || session.previous?.head.seq == 2
                )
                let content = try await VaultFixture.store([1, 2, 3], .chunks, in: session)
                try session.add(ManifestEntry(path: [65], kind: .file, mode: 0), content: content)
                return BackupDraft(time: Instant(seconds: 1))
            }
            #expect(next.head.seq == (isForgetting ? 3 : 2))
        }
        #expect(try await fixture.restore(first) == Self.files)
    }

    @Test func `an unknown host may not write`() async throws {
        let fixture = try await VaultFixture(in: MemoryStore())
        var request = fixture.request
        request = BackupRequest(
            stream: try #require(StreamName("beta.shop.data")),
            kind: .files,
            set: "s",
            state: request.state,
            clock: request.clock
        )
        let keys = HostKeys(newFor: "beta")
        let refusal = await fault {
            _ = try await fixture.vault.backUp(request, keys: keys) { (_) async throws(Fault) in
                BackupDraft(time: Instant(seconds: 0))
            }
        }
        #expect(refusal?.code == .notEnrolled && refusal?.code.exit == .wrongKey)
        #expect(refusal?.hints.contains { $0.contains("lifeboat key enrol --kit") } == true)
        let enrolment = await fault {
            _ = try await fixture.vault.enrol(
                keys,
                recipients: [AgeIdentity().recipient],
                operator: SigningKey(),
                at: fixture.time
            )
        }
        #expect(enrolment?.code == .notOperator && enrolment?.code.exit == .wrongKey)
    }

    @Test func `another vault than the expected one is refused`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        #expect(try await Vault.open(store, expecting: nil).id == fixture.vault.id)
        let other = Hashing.sha256([1])
        let foreign = await fault { _ = try await Vault.open(store, expecting: other) }
        #expect(foreign?.code == .copyForeign && foreign?.code.exit == .refused)
        #expect(
            await fault { _ = try await Vault.open(MemoryStore(), expecting: nil) }?.code
                == .noVault
        )
        let again = await fault {
            _ = try await Vault.create(in: store, environment: "x", operator: SigningKey())
        }
        #expect(again?.code == .vaultExists)
    }

    @Test(arguments: [
        ("\"format\":1", "\"format\":2", true, true),
        ("\"read\":[]", "\"read\":[\"x\"]", true, true),
        ("\"write\":[]", "\"write\":[\"x\"]", false, true),
        ("\"gc\":[]", "\"gc\":[\"x\"]", false, false),
        (
            ",\"environment\":\"test\"", ",\"more\":{\"a\":[1]},\"environment\":\"test\"", false,
            false
        ),
    ])
    func `a format or feature that is not known is refused`(
        text: String,
        new: String,
        refusesReading: Bool,
        refusesWriting: Bool
    ) async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let snapshot = try await fixture.backUp(Self.files)
        let name = try named("format.json")
        let bytes = try #require(store.contents[name])
        store.tamper(
            name,
            Forgery.document(bytes, by: fixture.operatorKey) { $0.replacing(text, with: new) }
        )
        let opened: VaultFixture
        do {
            opened = try await fixture.opened(in: store)
        } catch {
            #expect(refusesReading && error.code == .unknownFormat)
            return
        }
        #expect(!refusesReading)
        #expect(try await opened.restore(snapshot) == Self.files)
        if refusesWriting {
            #expect(await fault { try await opened.backUp(Self.files) }?.code == .unknownFormat)
        } else {
            try await opened.backUp(Self.files)
        }
    }

    @Test func `a format of the future that looks unlike ours is refused as such`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let name = try named("format.json")
        let bytes = try #require(store.contents[name])
        store.tamper(
            name,
            Forgery.document(bytes, by: fixture.operatorKey) { _ in "{\"format\":2,\"new\":true}" }
        )
        #expect(
            await fault { _ = try await Vault.open(store, expecting: nil) }?.code == .unknownFormat
        )
    }

    @Test func `a forged identity of the vault is refused`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let name = try named("format.json")
        let bytes = try #require(store.contents[name])
        let thief = SigningKey()
        store.tamper(name, Forgery.document(bytes, by: thief) { $0 })
        #expect(await fault { _ = try await Vault.open(store, expecting: nil) }?.code == .untrusted)
        store.tamper(
            name,
            Forgery.document(bytes, by: thief) {
                $0.replacing(fixture.operatorKey.verifyKey.description, with: "\(thief.verifyKey)")
                    .replacing("\(fixture.vault.id)", with: "\(thief.verifyKey.digest)")
            }
        )
        let forged = await fault { _ = try await Vault.open(store, expecting: fixture.vault.id) }
        #expect(forged?.code == .copyForeign)
    }

    @Test func `a lost enrolment is taken from the heads`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let snapshot = try await fixture.backUp(Self.files)
        for name in Forgery.names(store, "hosts/") { store.tamper(name, nil) }
        let opened = try await fixture.opened(in: store)
        #expect(opened.vault.enrolments.isEmpty)
        let list = try await opened.vault.snapshots()
        #expect(list.snapshots.map(\.id) == [snapshot.id])
        #expect(try await opened.restore(snapshot) == Self.files)
        #expect(await fault { try await opened.backUp(Self.files) }?.code == .notEnrolled)
    }

    @Test func `a lost enrolment is a finding, whether or not another one is left`() async throws {
        let store = MemoryStore()
        var fixture = try await VaultFixture(in: store)
        try await fixture.backUp(Self.files)
        fixture.vault = try await fixture.vault.enrol(
            fixture.keys,
            recipients: [fixture.identity.recipient],
            operator: fixture.operatorKey,
            at: fixture.time
        )
        try await fixture.backUp(Self.files)
        let names = Forgery.names(store, "hosts/")
        #expect(names.count == 2)
        for lost in [[names[0]], [names[1]], names] {
            let copy = store.copy()
            for name in lost { copy.tamper(name, nil) }
            let opened = try await fixture.opened(in: copy)
            let report = try await VaultCheck(opened.vault).run { _ in }
            #expect(report.damage.map(\.object) == lost.map(\.text))
        }
    }

    @Test func `a vault without its identity is no empty place, and the kit brings it back`()
        async throws
    {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let snapshot = try await fixture.backUp(Self.files)
        let name = try named("format.json")
        let document = try #require(store.contents[name])
        store.tamper(name, nil)
        let refusal = await fault { _ = try await fixture.opened(in: store) }
        #expect(refusal?.code == .formatLost && refusal?.code.exit == .damaged)
        #expect(refusal?.hints.contains { $0.contains("key enrol") } == true)
        let creation = await fault {
            _ = try await Vault.create(in: store, environment: "test", operator: SigningKey())
        }
        #expect(creation?.code == .formatLost)
        let foreign = await fault {
            _ = try await Vault.restoreFormat(
                in: store,
                environment: "test",
                operator: SigningKey()
            )
        }
        #expect(foreign?.code == .notOperator)
        #expect(store.contents[name] == nil)
        // Also when nothing but snapshots is left to show whose it is.
        for isHostless in [false, true] {
            let copy = store.copy()
            if isHostless { for host in Forgery.names(copy, "hosts/") { copy.tamper(host, nil) } }
            let vault = try await Vault.restoreFormat(
                in: copy,
                environment: "test",
                operator: fixture.operatorKey
            )
            #expect(vault.id == fixture.vault.id)
            #expect(copy.contents[name] == document)
            let opened = try await fixture.opened(in: copy)
            #expect(try await opened.restore(snapshot) == Self.files)
        }
    }

    @Test func `a host document that cannot be trusted is named and hurts nobody else`()
        async throws
    {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let good = try #require(store.contents[named("hosts/alpha/000001.json")])
        let thief = SigningKey()
        let false_: [(String, [UInt8])] = [
            ("hosts/alpha/000002.json", good), ("hosts/beta/000001.json", good),
            ("hosts/gamma/000001.json", Forgery.document(good, by: thief) { $0 }),
            ("hosts/delta/000001.json", []),
            ("hosts/large/000001.json", [UInt8](repeating: 10, count: (1 << 20) + 1)),
            (
                "hosts/alpha/000003.json",
                Forgery.document(good, by: fixture.operatorKey) {
                    $0.replacing("age1", with: "age2").replacing(
                        "\"number\":1",
                        with: "\"number\":3"
                    )
                }
            ),
        ]
        for (name, bytes) in false_ { store.tamper(try named(name), bytes) }
        var opened = try await fixture.opened(in: store)
        #expect(opened.vault.enrolments.count == 1)
        // The first two are the good one once more.
        #expect(opened.vault.refusedHosts.count == false_.count - 2)
        try await opened.backUp(Self.files)
        // A new document goes past the ones that cannot be read.
        opened.vault = try await opened.vault.enrol(
            opened.keys,
            recipients: [opened.identity.recipient],
            operator: opened.operatorKey,
            at: opened.time
        )
        #expect(opened.vault.enrolment(of: "alpha")?.number == 4)
        let report = try await VaultCheck(opened.vault).run { _ in }
        #expect(Set(report.damage.map(\.object)) == Set(false_.dropFirst(2).map(\.0)))
        #expect(Set(report.distrusted.map(\.object)) == Set(false_.prefix(2).map(\.0)))
    }
}
