import Model
import ObjectStorage
import SystemIO
import Synchronization
import TestKit
import Testing

/// What a plain store need not have gets through every decorator to the store that has it.
@Suite struct DecoratorTests {
    enum Decorator: CaseIterable, Sendable {
        case crash, faulty, hiding, mortal, limited, metered, all

        func around(_ store: any ObjectStore) -> any ObjectStore {
            switch self {
            case .crash: CrashStore(store, crashingAt: .max, fate: .lost)
            case .faulty: FaultyStore(store, [])
            case .hiding: HidingStore(store) { _ in false }
            case .mortal: MortalStore(store, goneAt: .max)
            case .limited: LimitedStore(store, Pacer(bytesPerSecond: ByteCount(1 << 40)))
            case .metered: MeteredStore(store)
            case .all:
                Self.allCases.filter { $0 != .all }.reduce(store) { $1.around($0) }
            }
        }
    }

    /// A store that has everything, and tells what it was asked.
    private final class Rich: StoreDecorator {
        let store: any ObjectStore = MemoryStore(lock: .seconds(60), keepsVersions: true)
        let address = "rich"
        let asked = Mutex<[String]>([])

        func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
            try body(StoreOddity(place: "odd", kind: "a thing"))
        }

        func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
            asked.withLock { $0.append("supersede \(name)") }
            try await store.supersede(name, with: bytes)
        }

        func thaw(
            _ name: ObjectName,
            days: Int,
            isUrgent: Bool
        ) async throws(Fault) -> ObjectThaw {
            asked.withLock { $0.append("thaw \(name) \(days) \(isUrgent)") }
            return .underWay
        }

        func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int {
            asked.withLock { $0.append("leftovers \(age)") }
            return 7
        }
    }

    @Test(arguments: Decorator.allCases)
    func `every call gets through`(decorator: Decorator) async throws {
        let rich = Rich()
        let store = decorator.around(rich)
        #expect(store.address == "rich")
        let name = object("a")
        try await store.put(name, [1])
        let until = Instant(seconds: 4_000_000_000)
        try await store.keep(name, until: until)
        #expect(try await rich.status(name)?.lockedUntil == until)
        #expect(try await store.status(name)?.lockedUntil == until)
        try await store.supersede(name, with: [2, 3])
        let versions = try await store.versions(of: name)
        #expect(versions.map(\.bytes) == [2, 1])
        let old = try #require(versions.last)
        #expect(try await store.read(name, version: old.id, range: 0..<9) == [1])
        var oddities: [StoreOddity] = []
        try await store.listOddities { (oddity) throws(Fault) in oddities.append(oddity) }
        #expect(oddities.map(\.place) == ["odd"])
        #expect(try await store.thaw(name, days: 3, isUrgent: true) == .underWay)
        #expect(try await store.removeLeftovers(olderThan: .seconds(5)) == 7)
        let locked = await #expect(throws: Fault.self) { try await store.remove(name) }
        #expect(locked?.code == .objectLocked)
        #expect(
            rich.asked.withLock { $0 } == [
                "supersede a", "thaw a 3 true", "leftovers \(Duration.seconds(5))",
            ]
        )
    }

    @Test func `a machine that is down, and a store that is gone, answer nothing`() async throws {
        let crash = CrashStore(Rich(), crashingAt: 1, fate: .lost)
        let mortal = MortalStore(Rich(), goneAt: 1)
        _ = try? await crash.put(object("a"), [1])
        let calls: [@Sendable (any ObjectStore) async throws -> Void] = [
            { try await $0.keep(object("a"), until: Instant(seconds: 1)) },
            { _ = try await $0.versions(of: object("a")) },
            { _ = try await $0.read(object("a"), version: "v1", range: 0..<1) },
            { try await $0.supersede(object("a"), with: [1]) },
            { _ = try await $0.thaw(object("a"), days: 1, isUrgent: false) },
            { _ = try await $0.removeLeftovers(olderThan: .zero) },
            { try await $0.listOddities { (_) throws(Fault) in } },
        ]
        for (number, call) in calls.enumerated() {
            let down = await #expect(throws: Fault.self, "\(number)") { try await call(crash) }
            #expect(down?.code == .crashed)
            let gone = await #expect(throws: Fault.self, "\(number)") { try await call(mortal) }
            #expect(gone?.code == .storeUnreachable)
        }
    }
}
