import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

@Suite struct CrashTests {
    private static func models() -> [[String: [UInt8]]] {
        var random = SeededGenerator(seed: 61)
        let first: [String: [UInt8]] = [
            "a": random.bytes(300_000), "b": random.text(50_000), "pages/c": random.bytes(120_000),
            "empty": [],
        ]
        var second = first
        second["a"] = random.bytes(1_000_000)
        second["pages/c"]?[9_000] ^= 1
        second["pages/new"] = random.bytes(1_500_000)
        return [first, second]
    }

    @Test(arguments: CrashStore.Fate.allCases)
    func `after a crash at any change of a backup the vault is whole`(
        fate: CrashStore.Fate
    ) async throws {
        let models = Self.models()
        var points = 0
        while true {
            points += 1
            let store = MemoryStore()
            let fixture = try await VaultFixture(in: store, packBytes: 16 << 10)
            let first = try await fixture.backUp(models[0])
            let crashing = CrashStore(store, crashingAt: points, fate: fate)
            let doomed = try await fixture.opened(in: crashing)
            do throws(Fault) {
                try await doomed.backUp(models[1])
                #expect(!crashing.hasCrashed)
            } catch { #expect(error.code == .crashed) }
            guard crashing.hasCrashed else { break }
            // After some crashes the host has lost its state too.
            let heir =
                points.isMultiple(of: 2)
                ? fixture : VaultFixture(movingTo: try ScratchFolder(), from: fixture)
            let reopened = try await heir.opened(in: store)
            let listed = try await reopened.vault.snapshots()
            #expect(listed.refused.isEmpty)
            #expect(listed.snapshots.first?.id == first.id)
            #expect(try await reopened.restore(first) == models[0])
            for snapshot in listed.snapshots.dropFirst() {
                #expect(try await reopened.restore(snapshot) == models[1])
            }
            #expect(try await VaultCheck(reopened.vault).run { _ in }.damage == [])
            let next = try await reopened.backUp(models[1])
            #expect(next.head.seq == UInt64(listed.snapshots.count + 1))
            #expect(try await reopened.restore(next) == models[1])
            #expect(try await VaultCheck(reopened.vault).run { _ in }.damage == [])
        }
        print("crash: \(points - 1) points of a backup, \(fate)")
        #expect(points > 5)
    }

    @Test(arguments: CrashStore.Fate.allCases)
    func `after a crash at any change, creating and enrolling can be done again`(
        fate: CrashStore.Fate
    ) async throws {
        let (key, keys, identity) = (SigningKey(), HostKeys(newFor: "alpha"), AgeIdentity())
        let time = Instant(seconds: 1_790_000_000)
        let make = { (store: any ObjectStore) async throws(Fault) -> Vault in
            let vault: Vault
            do throws(Fault) {
                vault = try await Vault.create(in: store, environment: "test", operator: key)
            } catch  where error.code == .vaultExists {
                vault = try await Vault.open(store, expecting: key.verifyKey.digest)
            }
            return try await vault.enrol(
                keys,
                recipients: [identity.recipient],
                operator: key,
                at: time
            )
        }
        var points = 0
        while true {
            points += 1
            let store = MemoryStore()
            let crashing = CrashStore(store, crashingAt: points, fate: fate)
            do throws(Fault) {
                _ = try await make(crashing)
                #expect(!crashing.hasCrashed)
            } catch { #expect(error.code == .crashed) }
            guard crashing.hasCrashed else { break }
            let vault = try await make(store)
            #expect(vault.enrolment(of: "alpha")?.key == keys.signing.verifyKey)
            #expect(vault.refusedHosts.isEmpty)
            #expect(try await VaultCheck(vault).run { _ in }.damage == [])
        }
        print("crash: \(points - 1) points of creating and enrolling, \(fate)")
        #expect(points - 1 == 5)
    }

    @Test(arguments: CrashStore.Fate.allCases)
    func `after a crash while the log is written it goes on where it ended`(
        fate: CrashStore.Fate
    ) async throws {
        var random = SeededGenerator(seed: 62)
        let log = random.text(10_000)
        for point in 1...10 {
            let store = MemoryStore()
            let fixture = try await VaultFixture(in: store)
            let crashing = CrashStore(store, crashingAt: point, fate: fate)
            let doomed = try await fixture.opened(in: crashing)
            await #expect(throws: Fault.self) {
                try await write(log, from: 0, to: 10_001, in: doomed)
            }
            let reader = try await LogReader(fixture.vault, stream: fixture.stream)
            let reached = reader.coverage(epoch: 1).reach(from: 0) ?? 0
            #expect(Int(reached) == (fate == .lost ? point - 1 : point) * 1_000)
            try await write(log, from: Int(reached), to: log.count, in: fixture)
            var read: [UInt8] = []
            try await LogReader(fixture.vault, stream: fixture.stream).read(
                epoch: 1,
                from: 0,
                to: UInt64(log.count),
                identities: [fixture.identity]
            ) { read += $1 }
            #expect(read == log)
        }
    }

    /// Stores the log in pieces of 1,000 bytes.
    private func write(_ log: [UInt8], from: Int, to end: Int, in fixture: VaultFixture)
        async throws
    {
        let writer = try LogWriter(
            fixture.vault,
            keys: fixture.keys,
            stream: fixture.stream,
            kind: .postgresql,
            state: fixture.state.path
        )
        for start in stride(from: from, to: end, by: 1_000) where start < log.count {
            try await writer.put(
                LogInput(
                    source: "1",
                    epoch: 1,
                    from: UInt64(start),
                    bytes: Array(log[start..<start + 1_000]),
                    time: fixture.time,
                    heartbeat: nil,
                    facts: ["segment_bytes": "1048576"]
                )
            )
        }
    }
}
