import Model
import ObjectStorage
import Synchronization
import SystemIO
import TestKit
import Testing

func object(_ text: String) -> ObjectName {
    guard let name = ObjectName(text) else { preconditionFailure("a test uses good names") }
    return name
}

/// Every store and every decorator keeps these promises.
@Suite(.networkThreads) struct StoreConformanceTests {
    enum Maker: CaseIterable, Sendable {
        case memory, versions, directory, crash, faulty, hiding, mortal, limited, metered, rclone,
            moto

        /// Whether the store can refuse to replace an object at the very moment of storing it.
        var isExclusive: Bool { self != .rclone }

        func with(_ body: (any ObjectStore) async throws -> Void) async throws {
            switch self {
            case .memory: try await body(MemoryStore())
            case .versions: try await body(MemoryStore(keepsVersions: true))
            case .hiding: try await body(HidingStore(MemoryStore()) { _ in false })
            case .mortal: try await body(MortalStore(MemoryStore(), goneAt: .max))
            case .crash:
                try await body(CrashStore(MemoryStore(), crashingAt: .max, fate: .lost))
            case .faulty: try await body(FaultyStore(MemoryStore(), []))
            case .limited:
                let pacer = Pacer(bytesPerSecond: ByteCount(1 << 40))
                try await body(LimitedStore(MemoryStore(), pacer))
            case .metered: try await body(MeteredStore(MemoryStore()))
            case .rclone: try await body(S3Servers.rclone.get().bucket().store())
            case .moto: try await body(S3Servers.moto.get().bucket().store())
            case .directory:
                let folder = try ScratchFolder()
                try await body(DirectoryStore(root: folder.path))
            }
        }
    }

    @Test(arguments: Maker.allCases)
    func `what was stored is read back, whole and in parts`(maker: Maker) async throws {
        try await maker.with { store in
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            try await store.put(object("packs/ab/x"), bytes)
            try await store.put(object("empty"), [])
            #expect(try await store.get(object("packs/ab/x"), limit: 100_000) == bytes)
            #expect(try await store.get(object("empty"), limit: 0).isEmpty)
            #expect(
                try await store.read(object("packs/ab/x"), range: 10..<20) == Array(bytes[10..<20])
            )
            #expect(
                try await store.read(object("packs/ab/x"), range: 99_999..<Int64.max) == [
                    bytes[99_999]
                ]
            )
            #expect(try await store.read(object("packs/ab/x"), range: 200_000..<200_001).isEmpty)
            #expect(try await store.status(object("packs/ab/x"))?.bytes == 100_000)
        }
    }

    @Test(arguments: Maker.allCases)
    func `the same bytes again are success, other bytes are refused`(maker: Maker) async throws {
        try await maker.with { store in
            try await store.put(object("a"), [1, 2])
            try await store.put(object("a"), [1, 2])
            for other in [[1, 3], [1], [1, 2, 3], []] as [[UInt8]] {
                let fault = await #expect(throws: Fault.self) {
                    try await store.put(object("a"), other)
                }
                #expect(fault?.code == .objectExists)
            }
            #expect(try await store.get(object("a"), limit: 9) == [1, 2])
        }
    }

    @Test(arguments: Maker.allCases)
    func `what is not there is missing`(maker: Maker) async throws {
        try await maker.with { store in
            try await store.put(object("dir/inner"), [1])
            for name in [object("none"), object("dir/none"), object("no/such")] {
                #expect(try await store.status(name) == nil)
                let whole = await #expect(throws: Fault.self) {
                    try await store.get(name, limit: 1)
                }
                #expect(whole?.code == .objectMissing)
                let part = await #expect(throws: Fault.self) {
                    try await store.read(name, range: 0..<1)
                }
                #expect(part?.code == .objectMissing)
                try await store.remove(name)
            }
            try await store.remove(object("dir/inner"))
            #expect(try await store.status(object("dir/inner")) == nil)
        }
    }

    @Test(arguments: Maker.allCases)
    func `a larger object than allowed is not handed out`(maker: Maker) async throws {
        try await maker.with { store in
            try await store.put(object("big"), [1, 2, 3])
            let fault = await #expect(throws: Fault.self) {
                try await store.get(object("big"), limit: 2)
            }
            #expect(fault?.code == .objectTooLarge)
        }
    }

    @Test(arguments: Maker.allCases)
    func `a listing has every object once, in the order of whole names`(maker: Maker) async throws {
        try await maker.with { store in
            let names = [
                "a/b", "a-b", "a.b/c", "a0", "z", "packs/ab/1", "packs/ab/2", "packs/b/1",
                "packs-2/x",
            ]
            .map(object)
            for name in names.shuffled() { try await store.put(name, Array(name.text.utf8)) }
            func list(_ prefix: String) async throws -> [ObjectName] {
                var found: [ObjectName] = []
                try await store.list(prefix) { (info) throws(Fault) in
                    found.append(info.name)
                    #expect(info.bytes == info.name.text.utf8.count)
                }
                return found
            }
            #expect(try await list("") == names.sorted())
            #expect(
                try await list("packs/") == [
                    object("packs/ab/1"), object("packs/ab/2"), object("packs/b/1"),
                ]
            )
            #expect(try await list("packs/ab") == [object("packs/ab/1"), object("packs/ab/2")])
            #expect(try await list("none/").isEmpty)
            let fault = await #expect(throws: Fault.self) { try await list("../") }
            #expect(fault?.code == .invalidValue)
        }
    }

    @Test(arguments: Maker.allCases)
    func `a fault of the listener ends the listing`(maker: Maker) async throws {
        try await maker.with { store in
            try await store.put(object("a"), [])
            try await store.put(object("b"), [])
            let count = Mutex(0)
            await #expect(throws: Fault.self) {
                try await store.list("") { (_) throws(Fault) in
                    count.withLock { $0 += 1 }
                    throw Fault(.cancelled, "unable to go on")
                }
            }
            #expect(count.withLock { $0 } == 1)
        }
    }

    @Test(arguments: Maker.allCases)
    func `a store without locks says so, and a decorator says what the store says`(maker: Maker)
        async throws
    {
        try await maker.with { store in
            try await store.put(object("a"), [1])
            let fault = await #expect(throws: Fault.self) {
                try await store.keep(object("a"), until: Instant(seconds: 4_000_000_000))
            }
            #expect(fault?.code == .storeHasNoLocks)
            #expect(fault?.message.contains(store.address) == true)
        }
    }

    @Test(arguments: Maker.allCases)
    func `bytes take the place of others only when that is what was asked for`(maker: Maker)
        async throws
    {
        try await maker.with { store in
            try await store.put(object("a"), [1, 2])
            try await store.supersede(object("a"), with: [3])
            #expect(try await store.get(object("a"), limit: 9) == [3])
            try await store.supersede(object("b/c"), with: [4])
            #expect(try await store.get(object("b/c"), limit: 9) == [4])
            #expect(try await store.status(object("b/c"))?.bytes == 1)
            try await store.supersede(object("b/c"), with: [])
            #expect(try await store.get(object("b/c"), limit: 9).isEmpty)
            #expect(try await store.removeLeftovers(olderThan: .zero) == 0)
            #expect(try await store.thaw(object("a"), days: 1, isUrgent: false) == .notNeeded)
        }
    }

    @Test(arguments: Maker.allCases)
    func `where versions are kept the current one is first, and each can be read`(maker: Maker)
        async throws
    {
        try await maker.with { store in
            try await store.put(object("a"), [1, 2])
            try await store.supersede(object("a"), with: [3, 4, 5])
            let versions = try await store.versions(of: object("a"))
            #expect(try await store.versions(of: object("none")).isEmpty)
            guard let current = versions.first else { return }
            #expect(current.isCurrent && current.bytes == 3)
            #expect(
                try await store.read(object("a"), version: current.id, range: 1..<9) == [4, 5]
            )
        }
    }

    @Test(arguments: Maker.allCases)
    func `of concurrent writers of one name one wins, and all with its bytes succeed`(maker: Maker)
        async throws
    {
        try await maker.with { store in
            let outcomes = await withTaskGroup(of: (UInt8, Bool).self) { group in
                for number in 0..<16 {
                    group.addTask { @concurrent in
                        let content = UInt8(number % 2)
                        let bytes = [UInt8](repeating: content, count: 10_000)
                        do {
                            try await store.put(object("new/deep/same"), bytes)
                            return (content, true)
                        } catch {
                            return (content, false)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let stored = try await store.get(object("new/deep/same"), limit: 10_000)
            #expect(Set(stored).count == 1)
            if maker.isExclusive {
                #expect(outcomes.allSatisfy { $0.1 == ($0.0 == stored[0]) })
            } else {
                // Without conditional requests the last one wins, and not everybody before it was told.
                #expect(outcomes.contains { $0.1 && $0.0 == stored[0] })
            }
        }
    }
}

@Suite struct ObjectNameTests {
    @Test(arguments: [
        "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "a/.b", ".tmp-1", "a b", "ä", "a\\b", "a\n",
        String(repeating: "x", count: 256),
    ])
    func `what could leave or hide in the store is no name`(text: String) {
        #expect(ObjectName(text) == nil)
    }

    @Test func `names are ordered by the bytes of the whole`() {
        #expect(object("a-b") < object("a/b"))
        #expect(object("a") < object("a/b"))
        #expect(object("B") < object("a"))
        #expect(object("packs/ab/1").labels == ["packs", "ab", "1"])
    }
}
