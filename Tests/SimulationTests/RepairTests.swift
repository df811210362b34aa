import Model
import ObjectStorage
import TestKit
import Testing
import Vault

@Suite struct RepairTests {
    /// A small vault in two copies, with an object of every kind.
    private struct Twins {
        let damaged = MemoryStore()
        let sound = MemoryStore()
        let fixture: VaultFixture
        let other: Vault

        init() async throws {
            var random = SeededGenerator(seed: 101)
            fixture = try await VaultFixture(in: sound, packBytes: 16 << 10)
            try await fixture.backUp(["a": random.bytes(30_000)])
            try await fixture.writeLog(random.text(500), at: [0, 500])
            struct Note: Codable, Sendable { var text = "x" }
            try await fixture.vault.publish(
                Note(),
                in: .reports,
                keys: fixture.keys,
                at: fixture.time
            )
            for (name, bytes) in sound.contents { damaged.tamper(name, bytes) }
            other = fixture.vault
        }

        /// Whether both copies hold the same; a test that fails does not print their bytes.
        var isMended: Bool { damaged.contents == sound.contents }
    }

    @Test func `an object of any kind that is missing, changed, cut or replaced is mended`()
        async throws
    {
        let twins = try await Twins()
        let whole = twins.sound.contents
        for (name, bytes) in whole {
            var flipped = bytes
            flipped[bytes.count / 2] ^= 1
            for spoilt in [nil, flipped, Array(bytes.dropLast()), bytes + [0], [], [7]] {
                twins.damaged.tamper(name, spoilt)
                guard
                    case .mended(let from) = await Repair(of: twins.damaged, from: [twins.other])
                        .run(name)
                else {
                    Issue.record("\(name) was not mended")
                    continue
                }
                #expect(from == twins.sound.address)
                #expect(twins.isMended)
            }
        }
        #expect(Set(whole.keys.map { $0.labels[0] }).count == 9)
    }

    @Test func `a whole object is left alone`() async throws {
        let twins = try await Twins()
        for name in twins.sound.contents.keys {
            twins.damaged.forgetOperations()
            guard case .whole = await Repair(of: twins.damaged, from: [twins.other]).run(name)
            else {
                Issue.record("\(name) was touched")
                continue
            }
            #expect(!twins.damaged.operations.contains { [.put, .remove].contains($0.kind) })
        }
    }

    @Test(arguments: CrashStore.Fate.allCases)
    func `a crash at any change leaves the bad object or the good one`(
        fate: CrashStore.Fate
    ) async throws {
        let twins = try await Twins()
        let whole = twins.sound.contents
        for (name, bytes) in whole {
            let bad = bytes + [0]
            for point in 1...3 {
                twins.damaged.tamper(name, bad)
                let crashing = CrashStore(twins.damaged, crashingAt: point, fate: fate)
                let outcome = await Repair(of: crashing, from: [twins.other]).run(name)
                let left = twins.damaged.contents[name]
                #expect(left == bad || left == bytes)
                if point == 3 {
                    guard case .mended = outcome else {
                        Issue.record("\(name) needs more than two changes")
                        continue
                    }
                } else {
                    guard case .kept(let fault) = outcome, fault.code == .crashed else {
                        Issue.record("\(name) was not said to be as it was")
                        continue
                    }
                }
                _ = await Repair(of: twins.damaged, from: [twins.other]).run(name)
                #expect(twins.isMended)
            }
        }
    }

    @Test func `a copy that refuses, is full, or lies keeps no bytes that are not proven`()
        async throws
    {
        let twins = try await Twins()
        let denied = Fault(.storeDenied, "unable to replace object: it is not allowed")
        let full = Fault(.storeFull, "unable to store object: there is no room")
        for (name, bytes) in twins.sound.contents {
            let bad = bytes + [0]
            for rule in [
                FaultyStore.Rule(.put, number: 2, .fail(denied)),
                FaultyStore.Rule(.put, number: 2, .fail(full)),
                FaultyStore.Rule(.put, number: 2, .pretend),
                FaultyStore.Rule(.put, number: 2, .flip(at: 3)),
            ] {
                twins.damaged.tamper(name, bad)
                let store = FaultyStore(twins.damaged, [rule])
                guard case .kept = await Repair(of: store, from: [twins.other]).run(name) else {
                    Issue.record("\(name) was said to be mended")
                    continue
                }
                guard
                    case .mended = await Repair(of: twins.damaged, from: [twins.other]).run(name)
                else {
                    Issue.record("\(name) could not be mended afterwards")
                    continue
                }
                #expect(twins.damaged.contents[name] == bytes)
            }
        }
    }

    @Test func `what is no part of a vault is not mended`() async throws {
        let twins = try await Twins()
        let name = try #require(ObjectName("holiday.jpg"))
        twins.sound.tamper(name, [1])
        guard case .kept = await Repair(of: twins.damaged, from: [twins.other]).run(name) else {
            Issue.record("a foreign object was spread")
            return
        }
        #expect(twins.damaged.contents[name] == nil)
    }
}
