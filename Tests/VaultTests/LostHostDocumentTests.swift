import Model
import ObjectStorage
import Sealing
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

        init(isDeleted: Bool) async throws {
            thief = try await VaultFixture(in: store)
            try await thief.backUp(["a": [1]])
            renewed = try await thief.revokingKey().withNewKeys()
            honest = try await renewed.backUp(["a": [2]])
            false_ = try await thief.backUp(["a": [66]])
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
