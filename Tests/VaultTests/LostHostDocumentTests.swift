import Model
import ObjectStorage
import Sealing
import SystemIO
import SystemPackage
import TestKit
import Testing
import Vault

/// A thief who may store objects destroys what says that his key is revoked; every honest head since carries that along.
@Suite struct LostHostDocumentTests {
    /// A vault with a snapshot from before the revocation, one with new keys, and a thief's above it.
    private struct Scene {
        let store = MemoryStore()
        let thief: VaultFixture
        let renewed: VaultFixture
        let honest: Snapshot
        let false_: Snapshot
        /// Where the owner's host keeps what it saw under `hosts/`.
        let memory: FilePath

        init(isDeleted: Bool) async throws {
            thief = try await VaultFixture(in: store)
            try await thief.backUp(["a": [1]])
            renewed = try await thief.revokingKey().withNewKeys()
            honest = try await renewed.backUp(["a": [2]])
            false_ = try await thief.backUp(["a": [66]])
            memory = renewed.state.path.appending("hosts")
            let seen = try await renewed.opened(in: store).vault.recalling(memory)
            #expect(seen.hostFaults.isEmpty)
            for name in Forgery.names(store, "hosts/") where name.text != "hosts/alpha/000001.json"
            {
                store.tamper(name, isDeleted ? nil : [1, 2, 3])
            }
        }

        func opened() async throws -> VaultFixture { try await renewed.opened(in: store) }
    }

    @Test(arguments: [false, true])
    func `the key stays revoked for readers, checks and collections`(isDeleted: Bool) async throws {
        let scene = try await Scene(isDeleted: isDeleted)
        let vault = try await scene.opened().vault
        #expect(try await vault.snapshots().snapshots.map(\.id) == [scene.honest.id])
        #expect(vault.isRevoked(scene.thief.keys.signing.verifyKey, host: "alpha"))
        #expect(vault.hostFaults.isEmpty == false)
        if !isDeleted {
            let newest = try await scene.opened().vault.newest(of: scene.thief.stream)
            #expect(newest.heads.map(\.id) == [scene.honest.id])
        }
        let report = try await VaultCheck(scene.opened().vault).run { _ in }
        let damage = Set(report.damage.map(\.object))
        #expect(damage.contains("hosts/alpha/000002.json") && damage.contains("\(scene.false_.id)"))
        #expect(report.newest[scene.thief.stream] == [scene.honest.id])
    }

    @Test(arguments: [false, true])
    func `an enrolment names it again, under a number of its own`(isDeleted: Bool) async throws {
        let scene = try await Scene(isDeleted: isDeleted)
        let again = try await scene.opened().withNewKeys()
        #expect(again.vault.enrolment(of: "alpha")?.number == 3)
        let next = try await again.backUp(["a": [3]])
        // Also where no head is left that tells.
        scene.store.tamper(try named("\(scene.honest.id)"), nil)
        scene.store.tamper(try named("\(next.id)"), nil)
        let vault = try await again.opened(in: scene.store).vault
        #expect(vault.isRevoked(scene.thief.keys.signing.verifyKey, host: "alpha"))
        #expect(try await vault.snapshots().snapshots.isEmpty)
        let refusal = await fault {
            _ = try await scene.opened().vault.enrol(
                scene.thief.keys,
                recipients: [scene.thief.identity.recipient],
                operator: scene.thief.operatorKey,
                at: scene.thief.time
            )
        }
        #expect(refusal?.code == .keyRevoked)
    }

    @Test(arguments: [false, true])
    func `a repair writes the document from a head that carries it`(isDeleted: Bool) async throws {
        let scene = try await Scene(isDeleted: isDeleted)
        let vault = try await scene.opened().vault
        _ = try await VaultCheck(vault).run { _ in }
        let name = try named("hosts/alpha/000002.json")
        let outcome = await Repair(of: scene.store, as: vault, from: []).run(name)
        guard case .mended = outcome else {
            Issue.record("it was not mended: \(outcome)")
            return
        }
        let opened = try await scene.opened().vault
        #expect(opened.enrolment(of: "alpha")?.number == 2)
        #expect(opened.isRevoked(scene.thief.keys.signing.verifyKey, host: "alpha"))
    }

    @Test func `a host that saw them misses them, also where the newest snapshot is the thief's`()
        async throws
    {
        let scene = try await Scene(isDeleted: true)
        let stream = scene.thief.stream
        // Nothing in the vault that who looks for the newest alone reads tells of them.
        let blind = try await scene.opened().vault
        #expect(try await blind.newest(of: stream).heads.map(\.id) == [scene.false_.id])
        let vault = try await scene.opened().vault.recalling(scene.memory)
        let newest = try await vault.newest(of: stream)
        #expect(newest.heads.map(\.id) == [scene.honest.id] && newest.revoked == 1)
        #expect(vault.hostFaults.count == 2)
        #expect(vault.hostFaults.allSatisfy { $0.message.contains("it is missing") })
        let refusal = await fault { try await scene.renewed.opened(in: scene.store).backUp([:]) }
        #expect(refusal?.code == .notEnrolled)
        var writer = try await scene.opened()
        writer.vault = vault
        let told = await fault { try await writer.backUp([:]) }
        #expect(told?.hints.first?.contains("lifeboat check --repair") == true)
        // What the thief wrote is no damage while the revocation is known.
        let damage = try await VaultCheck(vault).run { _ in }.damage.map(\.object)
        #expect(damage.count == 2 && damage.allSatisfy { $0.hasPrefix("hosts/alpha/") })
        for object in damage {
            let outcome = await Repair(of: scene.store, as: vault, from: []).run(try named(object))
            guard case .mended = outcome else {
                Issue.record("\(object) was not mended: \(outcome)")
                return
            }
        }
        let mended = try await scene.opened().vault.recalling(scene.memory)
        #expect(mended.hostFaults.isEmpty && mended.revocations.count == 1)
        #expect(try await VaultCheck(mended).run { _ in }.damage == [])
    }

    @Test func `what is kept is believed for the operator's signature alone`() async throws {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        let path = fixture.state.path.appending("hosts")
        let own = try #require(store.contents[named("hosts/alpha/000001.json")])
        let forged = Forgery.document(own, by: SigningKey()) {
            $0.replacing("\"number\":1", with: "\"number\":2")
        }
        let first = "lifeboat hosts 1 \(fixture.vault.id)\n"
        let other = "lifeboat hosts 1 \(Hashing.sha256([1]))\n"
        let renumbered = Forgery.document(own, by: fixture.operatorKey) {
            $0.replacing("\"number\":1", with: "\"number\":2")
        }
        for (bytes, lost) in [
            (Array(first.utf8) + forged, 0), (Array(other.utf8) + renumbered, 0),
            (Array(first.utf8) + renumbered.dropLast(9), 0), ([], 0),
            (Array(first.utf8) + forged + renumbered, 1),
        ] {
            try DurableFile.replace(path, with: bytes, mode: 0o600)
            let vault = try await fixture.opened(in: store).vault.recalling(path)
            #expect(vault.hostFaults.count == lost)
            // What was not believed is not kept.
            let kept = try DurableFile.read(path, limit: ByteCount(1 << 20))
            #expect(kept.count { $0 == 10 } == 3 + 2 * lost)
        }
    }

    @Test func `a lost revocation is named where another copy has it, and comes back from there`()
        async throws
    {
        let store = MemoryStore()
        let fixture = try await VaultFixture(in: store)
        try await fixture.backUp(["a": [1]])
        let renewed = try await fixture.revokingKey().withNewKeys()
        let other = try await renewed.vault.makeCopy(in: MemoryStore())
        let name = try #require(
            Forgery.names(store, "hosts/").first { $0.text.contains("revoked-") }
        )
        let bytes = try #require(store.contents[name])
        store.tamper(name, nil)
        let vault = try await renewed.opened(in: store).vault.knowing([other])
        let report = try await VaultCheck(vault).run { _ in }
        #expect(report.damage.map(\.object).contains(name.text))
        let outcome = await Repair(of: store, as: vault, from: [other]).run(name)
        guard case .mended = outcome else {
            Issue.record("it was not mended: \(outcome)")
            return
        }
        #expect(store.contents[name] == bytes)
        let again = try await VaultCheck(renewed.opened(in: store).vault).run { _ in }
        #expect(again.damage == [])
    }

    @Test func `a copy that is behind lacks nothing on that account`() async throws {
        let source = MemoryStore()
        let target = MemoryStore()
        let fixture = try await VaultFixture(in: source)
        try await fixture.backUp(["a": [1]])
        _ = try await fixture.vault.makeCopy(in: target)
        let renewed = try await fixture.revokingKey().withNewKeys()
        let knowing = try await fixture.opened(in: target).vault.knowing([renewed.vault])
        #expect(knowing.hostFaults.isEmpty)
        #expect(knowing.isRevoked(fixture.keys.signing.verifyKey, host: "alpha"))
    }
}
