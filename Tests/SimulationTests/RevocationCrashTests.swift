import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// Revoking a key, new keys and the next backup, cut off at every change of the store.
@Suite struct RevocationCrashTests {
    @Test(arguments: CrashStore.Fate.allCases)
    func `after a crash at any change nothing false is trusted, and all of it can be done again`(
        fate: CrashStore.Fate
    ) async throws {
        let models: [[String: [UInt8]]] = [["a": [1]], ["a": [2], "b": [3]]]
        var points = 0
        while true {
            points += 1
            let store = MemoryStore()
            let thief = try await VaultFixture(in: store)
            let first = try await thief.backUp(models[0])
            let crashing = CrashStore(store, crashingAt: points, fate: fate)
            do throws(Fault) {
                let renewed = try await thief.opened(in: crashing).revokingKey().withNewKeys()
                try await renewed.backUp(models[1])
            } catch { #expect(error.code == .crashed) }
            guard crashing.hasCrashed else { break }
            let after = try await thief.opened(in: store)
            #expect(try await after.vault.snapshots().snapshots.first?.id == first.id)
            #expect(try await after.restore(first) == models[0])
            #expect(try await VaultCheck(after.vault).run { _ in }.damage == [])
            // Again, from the start: a revocation more or less changes nothing.
            let renewed = try await revokingKey(after).withNewKeys()
            let false_ = try await thief.backUp(["a": [66]])
            let next = try await renewed.backUp(models[1])
            let opened = try await renewed.opened(in: store)
            let trusted = try await opened.vault.snapshots().snapshots.map(\.id)
            #expect(trusted.contains(first.id) && trusted.contains(next.id))
            #expect(!trusted.contains(false_.id))
            #expect(try await opened.restore(next) == models[1])
            #expect(try await opened.restore(first) == models[0])
        }
        print("crash: \(points - 1) points of a revocation, \(fate)")
        #expect(points > 4)
    }

    /// What a person types again who does not know how far it came.
    private func revokingKey(_ fixture: VaultFixture) async throws(Fault) -> VaultFixture {
        do throws(Fault) {
            return try await fixture.revokingKey()
        } catch  where error.code == .hostUnknown {
            return try await fixture.revokingKey(again: true)
        }
    }
}
