import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

/// Runs a body with a new folder that is removed afterwards.
func withFolder(_ body: (FilePath) async throws -> Void) async throws {
    let scratch = try ScratchFolder()
    try await body(scratch.path)
    // It goes with the object, which must not end before the body.
    withExtendedLifetime(scratch) {}
}

@Suite struct FileTests {
    @Test func `what is written is read back at its offset`() async throws {
        try await withFolder { folder in
            let file = try Descriptor.open(
                folder.appending("a"),
                .readWrite,
                create: .exclusive(0o640)
            )
            try file.write(Array("hello".utf8), at: 3)
            #expect(try file.readFully(5, at: 3) == Array("hello".utf8))
            #expect(try file.read(upTo: 100, at: 0) == [0, 0, 0] + Array("hello".utf8))
            #expect(try file.status().size == 8)
            #expect(try file.status().mode == 0o640)
            try file.close()
        }
    }

    @Test func `a file that ends too early is a fault, not a trap`() async throws {
        try await withFolder { folder in
            let file = try Descriptor.anonymous(in: folder)
            try file.write([1, 2, 3])
            let fault = #expect(throws: Fault.self) { try file.readFully(4, at: 0) }
            #expect(fault?.code == .fileShort)
            #expect(try FileSystem.isEmptyDirectory(folder) == true)
        }
    }

    @Test func `a missing file is named in the fault`() {
        let fault = #expect(throws: Fault.self) {
            _ = try Descriptor.open("/nowhere/x", .read).rawValue
        }
        #expect(fault?.code == .fileMissing)
        #expect(fault?.message == "unable to open file '/nowhere/x': no such file or directory")
        #expect(fault?.systemError == .noSuchFileOrDirectory)
    }

    @Test func `a durable file replaces or refuses, and leaves nothing else behind`() async throws {
        try await withFolder { folder in
            let path = folder.appending("state")
            try DurableFile.replace(path, with: [1], mode: 0o644)
            try DurableFile.replace(path, with: [2, 3], mode: 0o600)
            #expect(try DurableFile.read(path, limit: ByteCount(2)) == [2, 3])
            let fault = #expect(throws: Fault.self) {
                try DurableFile.create(path, with: [4], mode: 0o600)
            }
            #expect(fault?.code == .fileExists)
            #expect(try DurableFile.read(path, limit: ByteCount(2)) == [2, 3])
            #expect(try Directory.open(folder).names().map(\.description) == ["state"])
            let tooLarge = #expect(throws: Fault.self) {
                try DurableFile.read(path, limit: ByteCount(1))
            }
            #expect(tooLarge?.code == .fileTooLarge)
        }
    }

    @Test func `files of proc are read whole though their size is 0`() throws {
        let bytes = try DurableFile.read("/proc/self/status", limit: ByteCount(1 << 20))
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("Name:"))
    }

    @Test func `a secret that others may read is refused with the command that mends it`()
        async throws
    {
        try await withFolder { folder in
            let path = folder.appending("key")
            try SecretFile.create(path, [7])
            #expect(try SecretFile.read(path) == [7])
            try Descriptor.open(path, .read).setMode(0o640)
            let fault = #expect(throws: Fault.self) { try SecretFile.read(path) }
            #expect(fault?.code == .secretExposed)
            #expect(fault?.hints == ["Close it with: chmod 600 '\(path)'"])
        }
    }

    @Test func `a lock is held once, and comes back when it is released`() async throws {
        try await withFolder { folder in
            let path = folder.appending("lock")
            let first = try FileLock.acquire(path, wait: false)
            let isHeld = first != nil
            #expect(isHeld)
            let isRefused = try FileLock.acquire(path, wait: false) == nil
            #expect(isRefused)
            first?.release()
            let isFree = try FileLock.acquire(path, wait: false) != nil
            #expect(isFree)
        }
    }

    @Test func `mapped bytes are in the file, and a wrong size is refused`() async throws {
        try await withFolder { folder in
            let path = folder.appending("map")
            let map = try MappedFile(path, size: 8192, create: true)
            map.withBytes { $0[8191] = 9 }
            try map.synchronize()
            #expect(try DurableFile.read(path, limit: ByteCount(8192)).last == 9)
            let fault = #expect(throws: Fault.self) {
                _ = try MappedFile(path, size: 4096, create: true)
            }
            #expect(fault?.code == .fileShort)
        }
    }

    @Test func `holes are told from data`() async throws {
        try await withFolder { folder in
            let file = try Descriptor.anonymous(in: folder)
            try file.write([1], at: 1 << 20)
            try file.resize(to: 2 << 20)
            let data = try #require(try file.nextData(from: 0))
            #expect(data.contains(1 << 20))
            #expect(data.count < 1 << 20)
            #expect(try file.nextData(from: data.upperBound) == nil)
        }
    }

    @Test func `folders are made with those above them`() async throws {
        try await withFolder { folder in
            let path = folder.appending("a/b/c")
            try FileSystem.makeDirectories(path, mode: 0o700)
            try FileSystem.makeDirectories(path, mode: 0o700)
            #expect(try FileSystem.isEmptyDirectory(path) == true)
            #expect(try FileSystem.isEmptyDirectory(folder) == false)
            #expect(try FileSystem.isEmptyDirectory(path.appending("d")) == nil)
            #expect(try FileSystem.freeSpace(at: path) > .zero)
        }
    }
}
