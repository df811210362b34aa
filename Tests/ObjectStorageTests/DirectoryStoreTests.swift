import Model
import ObjectStorage
import SystemIO
import SystemPackage
import TestKit
import Testing

@Suite struct DirectoryStoreTests {
    @Test func `a missing root is said, whatever is asked`() async throws {
        let folder = try ScratchFolder()
        let store = DirectoryStore(root: folder.path.appending("not-mounted"))
        let calls: [@Sendable () async throws -> Void] = [
            { try await store.put(object("a/b"), []) },
            { _ = try await store.get(object("a"), limit: 1) },
            { _ = try await store.status(object("a")) }, { try await store.remove(object("a")) },
            { try await store.list("") { (_) throws(Fault) in } },
            { _ = try await store.read(object("a"), range: 0..<1) },
        ]
        for call in calls {
            let fault = await #expect(throws: Fault.self) { try await call() }
            #expect(fault?.code == .storeMissing)
        }
    }

    @Test func `objects are for their owner only, and nothing else is left`() async throws {
        let folder = try ScratchFolder()
        let store = DirectoryStore(root: folder.path)
        try await store.put(object("a/b"), [1])
        #expect(try FileSystem.status(folder.path.appending("a"))?.mode == 0o700)
        #expect(try FileSystem.status(folder.path.appending("a/b"))?.mode == 0o600)
        #expect(try Directory.open(folder.path.appending("a")).names().count == 1)
    }

    @Test func `symbolic links in the store are neither followed nor listed`() async throws {
        let folder = try ScratchFolder()
        let outside = try ScratchFolder()
        try DurableFile.create(outside.path.appending("secret"), with: [1], mode: 0o600)
        let root = try Directory.open(folder.path)
        try root.makeSymbolicLink(try #require(FileName("out")), target: outside.path.bytes)
        try root.makeSymbolicLink(
            try #require(FileName("file")),
            target: outside.path.appending("secret").bytes
        )
        let store = DirectoryStore(root: folder.path)
        await #expect(throws: Fault.self) { try await store.get(object("out/secret"), limit: 9) }
        await #expect(throws: Fault.self) { try await store.get(object("file"), limit: 9) }
        await #expect(throws: Fault.self) { try await store.put(object("out/new"), [1]) }
        #expect(try Directory.open(outside.path).names().count == 1)
        var count = 0
        try await store.list("") { (_) throws(Fault) in count += 1 }
        #expect(count == 0)
    }

    @Test func `what a crash left behind is not listed, and is swept when it is old`() async throws
    {
        let folder = try ScratchFolder()
        let store = DirectoryStore(root: folder.path)
        try await store.put(object("a/b"), [1])
        let inner = try Directory.open(folder.path.appending("a"))
        let (old, new) = (FileName.temporary(), FileName.temporary())
        for name in [old, new] {
            try inner.openFile(name, .write, create: .exclusive(0o600)).close()
        }
        try inner.setTimes(modified: SystemClock().now() - .seconds(7200), of: old)
        var names: [String] = []
        try await store.list("") { (info) throws(Fault) in names.append(info.name.text) }
        #expect(names == ["a/b"])
        #expect(try await store.removeLeftovers(olderThan: .seconds(3600)) == 1)
        #expect(try inner.names() == [new, try #require(FileName("b"))].sorted())
    }

    @Test func `a full disk is said, leaves nothing behind, and heals`() async throws {
        let folder = try ScratchFolder()
        let mount = Command(
            "mount",
            arguments: ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.path.string]
        )
        _ = try await mount.runSuccessfully(outputLimit: 1000)
        let unmount = Command("umount", arguments: [folder.path.string])
        do {
            let store = DirectoryStore(root: folder.path)
            try await store.put(object("a"), [UInt8](repeating: 1, count: 600_000))
            let bytes = [UInt8](repeating: 2, count: 600_000)
            let fault = await #expect(throws: Fault.self) {
                try await store.put(object("b"), bytes)
            }
            #expect(fault?.code == .storeFull)
            #expect(fault?.hints.isEmpty == false)
            #expect(try Directory.open(folder.path).names().map(\.description) == ["a"])
            try await store.remove(object("a"))
            try await store.put(object("b"), bytes)
            _ = try await Command("mount", arguments: ["-o", "remount,ro", folder.path.string])
                .runSuccessfully(outputLimit: 1000)
            let denied = await #expect(throws: Fault.self) { try await store.put(object("c"), [1]) }
            #expect(denied?.code == .storeDenied)
            #expect(try await store.get(object("b"), limit: 600_000) == bytes)
        } catch {
            _ = try await unmount.runSuccessfully(outputLimit: 1000)
            throw error
        }
        _ = try await unmount.runSuccessfully(outputLimit: 1000)
    }

    @Test func `an unreadable store is not an empty one`() async throws {
        let folder = try ScratchFolder()
        let store = DirectoryStore(root: folder.path)
        try await store.put(object("a/b"), [1])
        try FileSystem.removeTree(folder.path.appending("a"))
        try DurableFile.create(folder.path.appending("a"), with: [], mode: 0o600)
        let fault = await #expect(throws: Fault.self) {
            try await store.list("a/") { (_) throws(Fault) in }
        }
        #expect(fault?.code == .storeUnreachable)
    }
}

@Suite struct TestKitStoreTests {
    @Test(arguments: CrashStore.Fate.allCases)
    func `a crash stops everything, and the store underneath has what came before`(
        fate: CrashStore.Fate
    ) async throws {
        let memory = MemoryStore()
        let store = CrashStore(memory, crashingAt: 2, fate: fate)
        try await store.put(object("one"), [1])
        let fault = await #expect(throws: Fault.self) { try await store.put(object("two"), [2]) }
        #expect(fault?.code == .crashed)
        #expect(store.hasCrashed)
        await #expect(throws: Fault.self) { try await store.status(object("one")) }
        #expect(memory.contents.count == (fate == .applied ? 2 : 1))
    }

    @Test func `a faulty store lies as it was told`() async throws {
        let memory = MemoryStore()
        let store = FaultyStore(
            memory,
            [
                .init(.put, number: 1, .pretend), .init(.put, number: 2, .short(1)),
                .init(.get, number: 1, .flip(at: 0)), .init(.list, number: 1, .short(0)),
                .init(.remove, number: 1, .fail(Fault(.storeUnreachable, "unable to remove"))),
            ]
        )
        try await store.put(object("a"), [1])
        #expect(memory.contents.isEmpty)
        try await store.put(object("b"), [4, 2])
        #expect(memory.contents[object("b")] == [4])
        #expect(try await store.get(object("b"), limit: 9) == [5])
        #expect(try await store.get(object("b"), limit: 9) == [4])
        var count = 0
        try await store.list("") { (_) throws(Fault) in count += 1 }
        #expect(count == 0)
        await #expect(throws: Fault.self) { try await store.remove(object("b")) }
        #expect(memory.operations.map(\.kind) == [.put, .get, .get, .list])
    }
}

/// What lies between the objects of a folder and is none.
@Suite struct OddityTests {
    private struct Scene {
        let folder: ScratchFolder
        let outside: ScratchFolder
        var store: DirectoryStore { DirectoryStore(root: folder.path) }

        init() async throws {
            folder = try ScratchFolder()
            outside = try ScratchFolder()
            try await store.put(object("packs/ab/x"), [1])
            let root = try Directory.open(folder.path)
            let packs = try Directory.open(folder.path.appending("packs/ab"))
            try packs.makeNode(try Self.name("pipe"), kind: .fifo, mode: 0o600)
            try packs.makeNode(try Self.name("sock"), kind: .socket, mode: 0o600)
            try root.makeSymbolicLink(try Self.name("link"), target: outside.path.bytes)
            try root.makeSymbolicLink(try Self.name("loop"), target: Array("loop".utf8))
            for file in ["two words", "\u{1b}[31m", ".hidden"] {
                try root.openFile(try Self.name(file), .write, create: .exclusive(0o600)).close()
            }
            try root.makeDirectory(try Self.name("lost+found"), mode: 0o700)
            try root.openFile(.temporary(), .write, create: .exclusive(0o600)).close()
        }

        private static func name(_ text: String) throws -> FileName {
            try #require(FileName(text))
        }
    }

    private func oddities(of store: any ObjectStore) async throws -> Set<String> {
        var found: Set<String> = []
        try await store.listOddities { found.insert("\($0.place), \($0.kind)") }
        return found
    }

    @Test(.timeLimit(.minutes(10)))
    func `everything that is no object is told, and nothing of it is opened`() async throws {
        let scene = try await Scene()
        let expected: Set = [
            "packs/ab/pipe, a named pipe", "packs/ab/sock, a socket", "link, a symbolic link",
            "loop, a symbolic link", "two words, a file whose name no object has",
            "\\x1b[31m, a file whose name no object has",
            ".hidden, a file whose name no object has",
            "lost+found, a folder whose name no object has",
        ]
        #expect(try await oddities(of: scene.store) == expected)
        var names: [String] = []
        try await scene.store.list("") { names.append($0.name.text) }
        #expect(names == ["packs/ab/x"])
    }

    @Test func `decorators pass it on`() async throws {
        let scene = try await Scene()
        let expected = try await oddities(of: scene.store)
        for store in [
            CrashStore(scene.store, crashingAt: .max, fate: .lost), FaultyStore(scene.store, []),
        ] as [any ObjectStore] {
            #expect(try await oddities(of: store) == expected)
        }
        #expect(try await oddities(of: MemoryStore()).isEmpty)
    }

    @Test func `folders that are nested without end end where names do`() async throws {
        let scene = try await Scene()
        var place = scene.folder.path.appending("packs")
        // Deeper than a path may be, a level at a time.
        var folder = try Directory.open(place)
        let name = try #require(FileName(String(repeating: "d", count: 200)))
        for _ in 0..<40 {
            try folder.makeDirectory(name, mode: 0o700)
            folder = try folder.child(name)
            place = place.appending(name)
        }
        var names: [String] = []
        try await scene.store.list("") { names.append($0.name.text) }
        #expect(names == ["packs/ab/x"])
        let found = try await oddities(of: scene.store)
        #expect(found.contains { $0.contains("dddd") && $0.contains("a folder") })
    }
}
