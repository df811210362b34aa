import FileTrees
import Model
import SystemIO
import SystemPackage
import TestKit
import Testing

private func name(_ text: String) -> FileName {
    guard let name = FileName(text) else { preconditionFailure("a test uses good names") }
    return name
}

/// Everything a scan came across.
struct Harvest {
    var entries: [TreeEntry] = []
    var contents: [TreePath: [UInt8]] = [:]
    var problems: [TreeProblem] = []

    init(_ roots: [TreeRoot], crossesMounts: Bool = true) async throws {
        var (entries, contents, problems) = (entries, contents, problems)
        try await TreeScanner(roots: roots, crossesMounts: crossesMounts).scan {
            (visit) throws(Fault) in
            switch visit {
            case .problem(let problem): problems.append(problem)
            case .omitted: break
            case .entry(let seen):
                entries.append(seen.entry)
                guard seen.entry.kind == .file else { return }
                let file = try seen.open()
                contents[seen.entry.path] = try file.file.readAll(limit: ByteCount(1 << 20))
                if let problem = try file.change() { problems.append(problem) }
            }
        }
        (self.entries, self.contents, self.problems) = (entries, contents, problems)
    }

    /// What must be the same after a restore: all but the numbers and the change times of the disk.
    var comparable: [TreeEntry] {
        entries.map { entry in
            var entry = entry
            (entry.device, entry.inode, entry.changed) = (0, 0, Instant(seconds: 0))
            if case .hardLink = entry.kind { (entry.size, entry.isSparse) = (0, false) }
            return entry
        }
    }
}

private func entry(_ path: TreePath, _ kind: TreeEntry.Kind, size: Int64 = 0) -> TreeEntry {
    TreeEntry(
        path: path,
        kind: kind,
        mode: 0o644,
        owner: 0,
        group: 0,
        size: size,
        modified: Instant(seconds: 1),
        changed: Instant(seconds: 1)
    )
}

@Suite struct TreeTests {
    @Test(arguments: UInt64(1)...12)
    func `a random tree comes back as it was, its content written in any order`(seed: UInt64)
        async throws
    {
        let scratch = try ScratchFolder()
        let (source, target) = (scratch.path.appending("s"), scratch.path.appending("t"))
        try FileSystem.makeDirectories(source, mode: 0o755)
        var tree = RandomTree(seed: seed)
        try tree.make(at: source, count: 120)
        let before = try await Harvest([TreeRoot(source)])
        #expect(before.problems.isEmpty)
        #expect(before.entries.map(\.path) == before.entries.map(\.path).sorted())
        let writer = try TreeWriter(
            target: target,
            ownership: .numbers,
            collision: .refuse,
            openFiles: 3
        )
        var random = SeededGenerator(seed: seed)
        var pieces: [(WritableFile, Int)] = []
        for entry in before.entries {
            let made = try writer.create(entry)
            #expect(made.problems.isEmpty)
            guard let file = made.file else { continue }
            pieces += stride(from: 0, to: before.contents[entry.path]?.count ?? 0, by: 7_000).map {
                (file, $0)
            }
        }
        for (file, start) in pieces.shuffled(using: &random) {
            let bytes = before.contents[file.path] ?? []
            try writer.write(
                bytes[start..<min(start + 7_000, bytes.count)],
                to: file,
                at: Int64(start)
            )
        }
        for entry in before.entries { #expect(try writer.finish(entry).isEmpty) }
        #expect(try writer.complete().isEmpty)
        let after = try await Harvest([TreeRoot(target)])
        #expect(after.problems.isEmpty)
        #expect(after.comparable == before.comparable, "seed \(seed)")
        #expect(after.contents == before.contents, "seed \(seed)")
    }

    @Test func `patterns leave out, roots have places, and a root may be a file`() async throws {
        let scratch = try ScratchFolder()
        for folder in ["app/logs", "app/cache/x", "etc"] {
            try FileSystem.makeDirectories(scratch.path.appending(folder), mode: 0o755)
        }
        for file in [
            "app/logs/a.log", "app/logs/keep.log", "app/cache/x/y", "app/main", "etc/conf",
        ] {
            try DurableFile.create(scratch.path.appending(file), with: [1], mode: 0o600)
        }
        let rules = try PathRules(excluding: ["*.log", "!keep.log", "/cache/"])
        let harvest = try await Harvest([
            TreeRoot(scratch.path.appending("etc/conf"), place: path("etc/conf")),
            TreeRoot(scratch.path.appending("app"), place: path("app"), rules: rules),
        ])
        #expect(
            harvest.entries.map(\.path)
                == ["app", "app/logs", "app/logs/keep.log", "app/main", "etc/conf"].map(path)
        )
        let fault = #expect(throws: Fault.self) {
            try TreeScanner(
                roots: [TreeRoot("/a"), TreeRoot("/b", place: path("b"))],
                crossesMounts: true
            )
        }
        #expect(fault?.code == .invalidValue)
    }

    @Test func `what is missing or vanishes is told, and the rest is scanned`() async throws {
        let scratch = try ScratchFolder()
        for file in ["a", "b", "c"] {
            try DurableFile.create(scratch.path.appending(file), with: [1], mode: 0o600)
        }
        let folder = try Directory.open(scratch.path)
        var seen: [TreePath] = []
        var problems: [TreeProblem.Kind] = []
        let roots = [
            TreeRoot(scratch.path, place: path("x")), TreeRoot("/nowhere", place: path("y")),
        ]
        try await TreeScanner(roots: roots, crossesMounts: true).scan { (visit) throws(Fault) in
            switch visit {
            case .problem(let problem): problems.append(problem.kind)
            case .omitted: break
            case .entry(let entry):
                seen.append(entry.entry.path)
                if entry.entry.path == path("x/a") { try folder.removeFile(name("b")) }
            }
        }
        #expect(seen == ["x", "x/a", "x/c"].map(path))
        #expect(problems == [.vanished, .unreadable])
    }

    /// Changes a file and not its time of modification; the clock of a file system goes on in steps, so again until it shows.
    private func edit(_ file: FilePath, keeping time: Instant) throws(Fault) {
        let before = try FileSystem.status(file)?.changed
        repeat {
            try Descriptor.open(file, .write).write([9], at: 0)
            try Directory.open(file.parent).setTimes(modified: time, of: name("f"))
        } while try FileSystem.status(file)?.changed == before
    }

    @Test func `a change while reading is noticed, and a swapped file is refused`() async throws {
        let scratch = try ScratchFolder()
        let file = scratch.path.appending("f")
        try DurableFile.create(file, with: [1, 2, 3], mode: 0o600)
        var kinds: [TreeProblem.Kind?] = []
        try await TreeScanner(roots: [TreeRoot(file)], crossesMounts: true).scan {
            (visit) throws(Fault) in
            guard case .entry(let seen) = visit else { return }
            let open = try seen.open()
            kinds.append(try open.change()?.kind)
            try edit(file, keeping: seen.entry.modified)
            kinds.append(try open.change()?.kind)
            try DurableFile.replace(file, with: [1, 2, 3], mode: 0o600)
            let fault = #expect(throws: Fault.self) { _ = try seen.open().entry }
            #expect(fault?.code == .treeReplaced)
            try Directory.open(scratch.path).removeFile(name("f"))
            try Directory.open(scratch.path).makeSymbolicLink(
                name("f"),
                target: Array("/etc/passwd".utf8)
            )
            let linked = #expect(throws: Fault.self) { _ = try seen.open().entry }
            #expect(linked?.code == .treeReplaced)
        }
        #expect(kinds == [nil, .changed])
    }

    @Test func `a planted symbolic link leads no write out of the target`() async throws {
        let scratch = try ScratchFolder()
        let outside = scratch.path.appending("outside")
        let target = scratch.path.appending("target")
        try FileSystem.makeDirectories(outside, mode: 0o755)
        let before = try #require(try FileSystem.status(outside))
        let writer = try TreeWriter(target: target, ownership: .numbers, collision: .replace)
        let folder = try Directory.open(target)
        _ = try writer.create(entry(path("d"), .directory))
        let made = try writer.create(entry(path("d/f"), .file, size: 1))
        let file = try #require(made.file)
        try folder.rename(name("d"), to: name("moved"))
        try folder.makeSymbolicLink(name("d"), target: outside.bytes)
        #expect(throws: Fault.self) { try writer.create(entry(path("d/evil"), .file)) }
        #expect(throws: Fault.self) { try writer.create(entry(path("d/deep"), .directory)) }
        #expect(throws: Fault.self) { try writer.create(entry(path("d"), .directory)) }
        try writer.write([1], to: file, at: 0)
        #expect(throws: Fault.self) { try writer.finish(entry(path("d/f"), .file, size: 1)) }
        #expect(throws: Fault.self) { try writer.complete() }
        #expect(try FileSystem.isEmptyDirectory(outside) == true)
        #expect(try FileSystem.status(outside) == before)
    }

    @Test func `rights that are restored go to no file that somebody put there`() async throws {
        let scratch = try ScratchFolder()
        let target = scratch.path.appending("t")
        let writer = try TreeWriter(target: target, ownership: .keep, collision: .refuse)
        var wanted = entry(path("f"), .file, size: 1)
        wanted.mode = 0o4755
        let file = try #require(try writer.create(wanted).file)
        try writer.write([8], to: file, at: 0)
        let folder = try Directory.open(target)
        try folder.rename(name("f"), to: name("ours"))
        // The same content, in a file that others can write to.
        let planted = try folder.openFile(name("f"), .readWrite, create: .exclusive(0o666))
        try planted.setMode(0o666)
        try planted.write([8], at: 0)
        let fault = #expect(throws: Fault.self) { try writer.finish(wanted) }
        #expect(fault?.code == .treeSwapped)
        #expect(try planted.status().mode == 0o666)
        try folder.rename(name("ours"), to: name("f"))
        #expect(try writer.finish(wanted).isEmpty)
        #expect(try FileSystem.status(target.appending("f"))?.mode == 0o4755)
    }

    @Test func `a link in a file's place is replaced, not written through`() async throws {
        let scratch = try ScratchFolder()
        let victim = scratch.path.appending("victim")
        try DurableFile.create(victim, with: [7], mode: 0o600)
        let target = scratch.path.appending("t")
        try FileSystem.makeDirectories(target, mode: 0o755)
        try Directory.open(target).makeSymbolicLink(name("f"), target: victim.bytes)
        let refusing = try TreeWriter(target: target, ownership: .keep, collision: .refuse)
        let fault = #expect(throws: Fault.self) { try refusing.create(entry(path("f"), .file)) }
        #expect(fault?.code == .fileExists)
        let writer = try TreeWriter(target: target, ownership: .keep, collision: .replace)
        let file = try #require(try writer.create(entry(path("f"), .file, size: 1)).file)
        try writer.write([8], to: file, at: 0)
        _ = try writer.finish(entry(path("f"), .file, size: 1))
        #expect(try writer.complete().isEmpty)
        #expect(try DurableFile.read(victim, limit: ByteCount(9)) == [7])
        #expect(try DurableFile.read(target.appending("f"), limit: ByteCount(9)) == [8])
    }

    @Test func `holes come back as holes`() async throws {
        let scratch = try ScratchFolder()
        let source = scratch.path.appending("sparse")
        let file = try Descriptor.open(source, .write, create: .exclusive(0o600))
        try file.write([1], at: 500_000)
        try file.resize(to: 1_000_000)
        let harvest = try await Harvest([TreeRoot(source, place: path("sparse"))])
        let entry = try #require(harvest.entries.first)
        #expect(entry.isSparse)
        let target = scratch.path.appending("t")
        let writer = try TreeWriter(target: target, ownership: .keep, collision: .refuse)
        let made = try #require(try writer.create(entry).file)
        let bytes = try #require(harvest.contents[entry.path])
        try writer.write(bytes[0..<499_999], to: made, at: 0)
        try writer.write(bytes[499_999...], to: made, at: 499_999)
        _ = try writer.finish(entry)
        _ = try writer.complete()
        let restored = target.appending("sparse")
        #expect(try DurableFile.read(restored, limit: ByteCount(1 << 20)) == bytes)
        #expect(try #require(try FileSystem.status(restored)).allocated <= 16_384)
    }

    @Test func `an edit that keeps the time of modification is still a change`() async throws {
        let scratch = try ScratchFolder()
        let file = scratch.path.appending("f")
        try DurableFile.create(file, with: [1], mode: 0o600)
        let first = try #require(try await Harvest([TreeRoot(file)]).entries.first)
        let again = try #require(try await Harvest([TreeRoot(file)]).entries.first)
        #expect(again.isUnchanged(since: first))
        try edit(file, keeping: first.modified)
        let edited = try #require(try await Harvest([TreeRoot(file)]).entries.first)
        #expect(edited.modified == first.modified)
        #expect(!edited.isUnchanged(since: first))
    }
}
