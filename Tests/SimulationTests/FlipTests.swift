import Model
import ObjectStorage
import Sealing
import TestKit
import Testing
import Vault

/// A small vault of which every byte is damaged in turn.
@Suite struct FlipTests {
    private struct Scene {
        let store = MemoryStore()
        let fixture: VaultFixture
        let models: [[String: [UInt8]]]
        let snapshots: [Snapshot]
        let log: [UInt8]

        init() async throws {
            var random = SeededGenerator(seed: 71)
            fixture = try await VaultFixture(in: store, packBytes: 1 << 10)
            let first = ["a": random.text(300), "pages512/b": random.bytes(700), "e": []]
            var second = first
            second["pages512/b"]?[600] ^= 1
            models = [first, second]
            snapshots = [try await fixture.backUp(first), try await fixture.backUp(second)]
            log = random.text(200)
            let writer = try LogWriter(
                fixture.vault,
                keys: fixture.keys,
                stream: fixture.stream,
                kind: .postgresql,
                state: fixture.state.path
            )
            try await writer.put(
                LogInput(
                    source: "1",
                    epoch: 1,
                    from: 0,
                    bytes: log,
                    time: fixture.time,
                    heartbeat: nil,
                    facts: ["segment_bytes": "1048576"]
                )
            )
            #expect(try await fixture.check().documents.count == 1)
        }

        /// The objects that a program reads; the way out is only compared.
        var names: [ObjectName] { store.contents.keys.sorted() }

        /// What is found in a store with one changed object.
        func look(_ store: MemoryStore, _ name: ObjectName, _ what: String) async throws {
            let vault: Vault
            do throws(Fault) {
                vault = try await Vault.open(store, expecting: fixture.vault.id)
            } catch {
                #expect(name.text == "format.json", "\(what)")
                #expect(isDamage(error), "\(what): \(error)")
                return
            }
            let report = try await VaultCheck(vault).run { _ in }
            #expect(report.damage.contains { $0.object == name.text }, "\(what)")
        }

        /// A restore of what the object can hurt gives what was stored, or says that it is damaged.
        func restore(_ store: MemoryStore, _ name: ObjectName, _ what: String) async throws {
            let opened: VaultFixture
            do throws(Fault) { opened = try await fixture.opened(in: store) } catch {
                #expect(isDamage(error), "\(what): \(error)")
                return
            }
            let isEverything = name.text == "format.json" || name.text.hasPrefix("hosts/")
            for (snapshot, model) in zip(snapshots, models)
            where isEverything || name.text == snapshot.id.description
                || snapshot.head.packs.contains(where: { name.text.hasSuffix("\($0.id)") })
            {
                do throws(Fault) {
                    let list = try await opened.vault.snapshots()
                    guard let found = list.snapshots.first(where: { $0.id == snapshot.id }) else {
                        #expect(list.refused.allSatisfy { $0.code.exit == .damaged }, "\(what)")
                        #expect(!list.refused.isEmpty, "\(what)")
                        continue
                    }
                    #expect(try await opened.restore(found) == model, "\(what)")
                } catch { #expect(isDamage(error), "\(what): \(error)") }
            }
            guard isEverything || name.text.hasPrefix("log/") else { return }
            do throws(Fault) {
                var read: [UInt8] = []
                let reader = try await LogReader(opened.vault, stream: fixture.stream)
                try await reader.read(
                    epoch: 1,
                    from: 0,
                    to: UInt64(log.count),
                    identities: [fixture.identity]
                ) { read += $1 }
                #expect(read == log, "\(what)")
            } catch { #expect(isDamage(error), "\(what): \(error)") }
        }

        private func isDamage(_ fault: Fault) -> Bool {
            fault.code.exit == .damaged || fault.code == .unknownFormat
                // A bit of a recipient's stanza makes the envelope another recipient's.
                || fault.code == .wrongKey
        }
    }

    @Test func `every flipped bit is found without a key, and gives no wrong byte`() async throws {
        let scene = try await Scene()
        var flips = 0
        for name in scene.names where !VaultName.isWayOut(name) {
            let bytes = try #require(scene.store.contents[name])
            let store = scene.store.copy()
            for index in bytes.indices {
                var broken = bytes
                broken[index] ^= 1 << UInt8(index % 8)
                store.tamper(name, broken)
                let what = "\(name), byte \(index), bit \(index % 8)"
                try await scene.look(store, name, what)
                try await scene.restore(store, name, what)
                flips += 1
            }
        }
        print("flip: \(flips) bits in \(scene.names.count) objects")
        #expect(flips > 5_000)
    }

    @Test func `every object cut short, lengthened or emptied is found`() async throws {
        let scene = try await Scene()
        var cuts = 0
        for name in scene.names where !VaultName.isWayOut(name) {
            let bytes = try #require(scene.store.contents[name])
            let store = scene.store.copy()
            let lengths = Set((0..<120).map { $0 } + stride(from: 120, to: bytes.count, by: 7))
            for length in lengths.sorted() where length < bytes.count {
                store.tamper(name, Array(bytes.prefix(length)))
                try await scene.look(store, name, "\(name) of \(length) bytes")
                try await scene.restore(store, name, "\(name) of \(length) bytes")
                cuts += 1
            }
            for tail in [1, 100, 70_000] {
                store.tamper(name, bytes + [UInt8](repeating: 0, count: tail))
                try await scene.look(store, name, "\(name) and \(tail) bytes")
                try await scene.restore(store, name, "\(name) and \(tail) bytes")
                cuts += 1
            }
        }
        print("cut: \(cuts) lengths")
        #expect(cuts > 1_000)
    }

    @Test func `objects in each other's place are found`() async throws {
        let scene = try await Scene()
        var swaps = 0
        for name in scene.names where !VaultName.isWayOut(name) {
            for other in scene.names where other != name {
                let store = scene.store.copy()
                store.tamper(name, scene.store.contents[other])
                try await scene.look(store, name, "\(other) in the place of \(name)")
                try await scene.restore(store, name, "\(other) in the place of \(name)")
                swaps += 1
            }
        }
        print("swap: \(swaps) objects")
    }

    @Test func `a missing object is named`() async throws {
        let scene = try await Scene()
        for name in scene.names where name.text.hasPrefix("packs/") || VaultName.isWayOut(name) {
            let store = scene.store.copy()
            store.tamper(name, nil)
            try await scene.look(store, name, "\(name) missing")
            try await scene.restore(store, name, "\(name) missing")
        }
    }

    @Test func `a byte of the way out that changed is found`() async throws {
        let scene = try await Scene()
        for name in scene.names where VaultName.isWayOut(name) {
            let bytes = try #require(scene.store.contents[name])
            for index in stride(from: 0, to: bytes.count, by: 997) {
                let store = scene.store.copy()
                var broken = bytes
                broken[index] ^= 1
                store.tamper(name, broken)
                try await scene.look(store, name, "\(name), byte \(index)")
            }
        }
    }
}

extension VaultName {
    fileprivate static func isWayOut(_ name: ObjectName) -> Bool {
        if case .wayOut = VaultName(name) { true } else { false }
    }
}
