import Model
import SystemIO
import SystemPackage
import Testing

private func name(_ text: String) -> FileName {
    guard let name = FileName(text) else { preconditionFailure("a test uses good names") }
    return name
}

@Suite struct DirectoryTests {
    @Test(arguments: ["", ".", "..", "a/b", "a\u{0}"])
    func `what cannot be a name is none`(text: String) {
        #expect(FileName(text) == nil)
    }

    @Test func `names come ordered by bytes, whatever bytes they are`() async throws {
        try await withFolder { path in
            let folder = try Directory.open(path)
            let names = [
                [0x61], [0xFF, 0x0A], [0x41], [0x61, 0x62], [UInt8](repeating: 0x7A, count: 255),
            ]
            .compactMap { FileName($0) }
            for name in names {
                try folder.openFile(name, .write, create: .exclusive(0o600)).close()
            }
            #expect(try folder.names() == names.sorted())
            #expect(names.count == 5)
            #expect(FileName([0xFF, 0x0A])?.description == "\\xff\\x0a")
        }
    }

    @Test func `no symbolic link is followed below a folder`() async throws {
        try await withFolder { path in
            let folder = try Directory.open(path)
            try folder.makeSymbolicLink(name("up"), target: Array("/".utf8))
            try folder.makeSymbolicLink(name("passwd"), target: Array("/etc/passwd".utf8))
            let folderFault = #expect(throws: Fault.self) {
                _ = try folder.child(name("up")).rawValue
            }
            #expect(folderFault?.code == .fileKind)
            let fileFault = #expect(throws: Fault.self) {
                _ = try folder.openFile(name("passwd"), .read).rawValue
            }
            #expect(fileFault?.code == .fileKind)
            #expect(try folder.readLink(name("up")) == Array("/".utf8))
            #expect(try folder.status(of: name("up"))?.kind == .symbolicLink)
        }
    }

    @Test func `a named pipe is refused without waiting for its other end`() async throws {
        try await withFolder { path in
            let folder = try Directory.open(path)
            try folder.makeNode(name("pipe"), kind: .fifo, mode: 0o600)
            let fault = #expect(throws: Fault.self) {
                _ = try folder.openFile(name("pipe"), .read).rawValue
            }
            #expect(fault?.code == .fileKind)
        }
    }

    @Test func `owner, mode, time and attributes are set and read`() async throws {
        try await withFolder { path in
            let folder = try Directory.open(path)
            let file = name("f")
            try folder.openFile(file, .write, create: .exclusive(0o600)).close()
            try folder.setOwner(12, group: 34, of: file)
            try folder.setAttribute(Array("user.note".utf8), to: [1, 0, 2], of: file)
            try folder.setMode(0o4751, of: file)
            let time = Instant(nanoseconds: -1_500_000_001)
            try folder.setTimes(modified: time, of: file)
            let status = try #require(try folder.status(of: file))
            #expect(status.owner == 12)
            #expect(status.group == 34)
            #expect(status.mode == 0o4751)
            #expect(status.modified == time)
            #expect(try folder.attributeNames(of: file) == [Array("user.note".utf8)])
            #expect(try folder.attribute(Array("user.note".utf8), of: file) == [1, 0, 2])
            #expect(try folder.attribute(Array("user.none".utf8), of: file) == nil)
        }
    }

    @Test func `an exclusive rename never replaces`() async throws {
        try await withFolder { path in
            let folder = try Directory.open(path)
            try folder.writeDurably([1], as: name("a"), mode: 0o600, replacing: false)
            try folder.writeDurably([2], as: name("b"), mode: 0o600, replacing: false)
            let fault = #expect(throws: Fault.self) {
                try folder.renameExclusively(name("a"), to: name("b"))
            }
            #expect(fault?.code == .fileExists)
            try folder.renameExclusively(name("a"), to: name("c"))
            #expect(try folder.names() == [name("b"), name("c")])
        }
    }

    @Test func `removing a tree removes links, not what they point to`() async throws {
        try await withFolder { path in
            try FileSystem.makeDirectories(path.appending("keep/inner"), mode: 0o700)
            try FileSystem.makeDirectories(path.appending("gone/deep/er"), mode: 0o700)
            let gone = try Directory.open(path.appending("gone/deep"))
            try gone.makeSymbolicLink(name("link"), target: Array("../../keep".utf8))
            try FileSystem.removeTree(path.appending("gone"))
            #expect(try FileSystem.status(path.appending("gone")) == nil)
            #expect(try FileSystem.isEmptyDirectory(path.appending("keep")) == false)
        }
    }
}
